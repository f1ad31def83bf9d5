/** The result of `mlserve deploy` → lines for people: what was written, for whom, and what to run next. Pure. */
import type { DeployResult } from './deploy.ts';
import { textTable } from './text-table.ts';

export function renderDeploy({ dir, format, image, environments, files, dryRun }: DeployResult): string {
  const changed = files.filter(({ state }) => state !== 'same');
  const rows = environments.map(({ name, namespace, objects }) => [
    `  ${name}`,
    `namespace ${namespace}`,
    `${objects.length} objects`,
  ]);
  const verdict = changed.length === 0 ? 'is up to date' : dryRun ? 'would change (--dry-run)' : 'written';
  const first = environments.at(-1)?.name;
  const next =
    format === 'kustomize'
      ? `kubectl apply -k ${dir}/overlays/${first}`
      : `kubectl apply -f ${dir}/${first}/manifests.yaml`;
  return [
    image,
    ...textTable(rows),
    ...changed.map(({ path, state }) => `  ${state.padEnd(7)}  ${path}`),
    `${dir} ${verdict}`,
    ...(dryRun ? [] : [`next: ${next}`]),
  ].join('\n');
}
