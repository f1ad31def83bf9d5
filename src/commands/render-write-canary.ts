/** The result of `mlserve deploy --canary` → lines for people: what was written, and how it reaches the cluster. Pure. */
import { shellWord } from '../manifests/formats/shell-word.ts';
import type { WriteCanaryResult } from './write-canary.ts';

export function renderWriteCanary(result: WriteCanaryResult): string {
  const { dir, image, environment, namespace, canary, weight, files, dryRun } = result;
  const changed = files.filter(({ state }) => state !== 'same');
  const verdict = changed.length === 0 ? 'is up to date' : dryRun ? 'would change (--dry-run)' : 'written';
  return [
    image,
    `  ${environment}  namespace ${namespace}  ${canary}  ${weight} % of the requests`,
    ...changed.map(({ path, state }) => `  ${state.padEnd(7)}  ${path}`),
    `${dir} ${verdict}`,
    ...(dryRun
      ? []
      : [
          `next: kubectl apply -f ${shellWord(`${dir}/canary.yaml`)}, wait for ${canary}, then kubectl apply -f ${shellWord(`${dir}/http-route.yaml`)}`,
        ]),
  ].join('\n');
}
