/** The flags of `mlserve deploy` that are about a canary → the commands of theirs. */
import { type Command, Option } from 'commander';
import { MlserveError } from '../errors.ts';
import { type Actions, percent } from './command-line.ts';
import { type ClusterFlags, requireCluster } from './deploy-cluster.ts';
import type { DeployFormat } from './deploy-formats.ts';

export interface CanaryFlags extends ClusterFlags {
  readonly format: readonly DeployFormat[];
  readonly out?: string;
  readonly force: boolean;
  readonly canary?: number;
  readonly promote: boolean;
  readonly rollback: boolean;
}

/** A cluster is changed then: these are about files, or about another change. */
const OTHERS = ['format', 'out', 'force', 'diff', 'canary'];

export function canaryFlags(command: Command): Command {
  return command
    .option(
      '--canary <percent>',
      'a canary beside what runs, which gets so many of the requests: its files, or with --apply in the cluster',
      percent,
    )
    .addOption(
      new Option('--promote', 'make the service what its canary in the cluster is, and remove the canary')
        .default(false)
        .conflicts([...OTHERS, 'rollback']),
    )
    .addOption(
      new Option('--rollback', 'take the canary in the cluster back; without one, go back to the revision before')
        .default(false)
        .conflicts(OTHERS),
    );
}

/** Whether one of them is given. */
export function isOfCanary({ canary, promote, rollback }: CanaryFlags): boolean {
  return canary !== undefined || promote || rollback;
}

export async function deployCanary(project: string, flags: CanaryFlags, { io, act }: Actions): Promise<void> {
  const { canary, promote, apply, diff, env, format } = flags;
  if (canary !== undefined && diff) {
    const hint = 'use --dry-run, which lists the steps';
    throw new MlserveError('USAGE', '--diff is about the service, and not about a canary', { hint });
  }
  if (canary !== undefined && !apply) {
    requireCluster(flags);
    const { writeCanary } = await import('../commands/write-canary.ts');
    const { renderWriteCanary } = await import('../commands/render-write-canary.ts');
    return act(flags, () => writeCanary({ project, ...flags, formats: format, env, canary }, io), renderWriteCanary);
  }
  const { changeCanary } = await import('../commands/change-canary.ts');
  const { renderChangeCanary } = await import('../commands/render-change-canary.ts');
  const action = canary === undefined ? (promote ? 'promote' : 'rollback') : { canary };
  await act(flags, () => changeCanary({ project, ...flags, env, action }, io), renderChangeCanary);
}
