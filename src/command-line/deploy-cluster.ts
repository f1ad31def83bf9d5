/** The flags of `mlserve deploy` that are about a cluster → the commands of theirs. */
import { type Command, Option } from 'commander';
import { MlserveError } from '../errors.ts';
import type { Actions } from './command-line.ts';

export interface ClusterFlags {
  readonly env?: 'dev' | 'staging' | 'prod';
  readonly image?: string;
  readonly build?: string;
  readonly namespace?: string;
  readonly dryRun: boolean;
  readonly apply: boolean;
  readonly diff: boolean;
  readonly yes: boolean;
  readonly context?: string;
  readonly timeout?: string;
  readonly requireCrds: boolean;
  readonly forceConflicts: boolean;
  readonly json?: boolean;
}

/** Files are not written then: these say how. */
const OF_FILES = ['format', 'out', 'force'];

export function clusterFlags(command: Command): Command {
  return command
    .addOption(
      new Option('--apply', 'give the objects to a cluster, wait for the rollout, and compare what runs with the lock')
        .default(false)
        .conflicts(OF_FILES),
    )
    .addOption(
      new Option('--diff', 'say which lines an apply would change in the cluster; without --apply nothing is changed')
        .default(false)
        .conflicts(OF_FILES),
    )
    .option('--context <name>', 'context of the kubeconfig (default: its current one)')
    .option('--yes', 'apply without a question', false)
    .option('--timeout <time>', 'how long to wait for the rollout, like 5m (default: from the time a pod may start in)')
    .option('--require-crds', 'fail when the cluster lacks a kind, instead of leaving its objects out', false)
    .option('--force-conflicts', 'take fields over from other field managers', false);
}

/** Throws USAGE for a flag about a cluster where none is asked for. */
export function requireCluster({ context, timeout, yes, requireCrds, forceConflicts }: ClusterFlags): void {
  const given = Object.entries({
    '--context': context,
    '--timeout': timeout,
    '--yes': yes,
    '--require-crds': requireCrds,
    '--force-conflicts': forceConflicts,
  }).find(([, value]) => value !== undefined && value !== false);
  if (given === undefined) return;
  throw new MlserveError('USAGE', `${given[0]} is about a cluster, and files alone are written`, {
    hint: 'add --apply or --diff',
  });
}

export async function deployToCluster(project: string, flags: ClusterFlags, { io, act }: Actions): Promise<void> {
  const options = { project, ...flags, env: flags.env };
  if (!flags.apply) {
    const { diffDeployment, renderDiff } = await import('../commands/diff-deployment.ts');
    return act(flags, () => diffDeployment(options, io), renderDiff);
  }
  const { applyDeployment } = await import('../commands/apply-deployment.ts');
  const { renderApply } = await import('../commands/render-apply.ts');
  return act(flags, () => applyDeployment(options, io), renderApply);
}
