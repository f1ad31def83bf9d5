/** The result of a change to a canary → lines for people: what is so now, which pods answer, and what comes next. Pure. */
import type { ChangeCanaryResult } from './change-canary.ts';
import { textTable } from './text-table.ts';

export function renderChangeCanary(result: ChangeCanaryResult): string {
  const { says, dryRun, pods } = result;
  if (dryRun) return `${says} (--dry-run): the API server takes all of it`;
  const rows = pods.flatMap(({ pod, models = [] }) =>
    models.map(({ name, version, digest }) => [`  ${pod}`, `${name} ${version}`, digest]),
  );
  return [says, ...textTable(rows), ...nextOf(result)].join('\n');
}

function nextOf({ outcome, environment }: ChangeCanaryResult): readonly string[] {
  const command = (action: string): string => `mlserve deploy --${action} --env ${environment}`;
  if (outcome === 'split') return [`next: ${command('promote')}, or ${command('rollback')}`];
  // What is not in the Deployment stays that of the version that was left.
  if (outcome === 'earlier')
    return [`next: ${command('apply')} from the project as it was, for alerts and other objects`];
  return [];
}
