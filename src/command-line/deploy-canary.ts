/** The flags of `mlserve deploy` that are about a canary → the command of theirs. */
import type { Actions } from './command-line.ts';

export interface CanaryFlags {
  readonly format: 'kustomize' | 'yaml' | 'helm' | 'kserve' | 'knative';
  readonly env?: 'dev' | 'staging' | 'prod';
  readonly image?: string;
  readonly build?: string;
  readonly out?: string;
  readonly namespace?: string;
  readonly canary: number;
  readonly force: boolean;
  readonly dryRun: boolean;
  readonly json?: boolean;
}

export async function deployCanary(project: string, flags: CanaryFlags, { io, act }: Actions): Promise<void> {
  const { writeCanary } = await import('../commands/write-canary.ts');
  const { renderWriteCanary } = await import('../commands/render-write-canary.ts');
  await act(flags, () => writeCanary({ project, ...flags, env: flags.env }, io), renderWriteCanary);
}
