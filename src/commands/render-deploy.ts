/** The result of `mlserve deploy` → lines for people: what was written, for whom, and what to run next. Pure. */
import { plural } from '../plural.ts';
import type { DeployResult } from './deploy.ts';
import type { FormatResult } from './prepare-format.ts';
import { textTable } from './text-table.ts';

export function renderDeploy({ image, formats, dryRun }: DeployResult): string {
  return [image, ...formats.flatMap((format) => renderFormat(format, dryRun))].join('\n');
}

function renderFormat({ dir, environments, files, notes }: FormatResult, dryRun: boolean): readonly string[] {
  const changed = files.filter(({ state }) => state !== 'same');
  const rows = environments.map(({ name, namespace, objects }) => [
    `  ${name}`,
    `namespace ${namespace}`,
    plural(objects.length, 'object'),
  ]);
  const verdict = changed.length === 0 ? 'is up to date' : dryRun ? 'would change (--dry-run)' : 'written';
  return [
    ...textTable(rows),
    ...changed.map(({ path, state }) => `  ${state.padEnd(7)}  ${path}`),
    ...notes.map((note) => `  note     ${note}`),
    `${dir} ${verdict}`,
    ...(dryRun ? [] : environments.slice(-1).map(({ next }) => `next: ${next}`)),
  ];
}
