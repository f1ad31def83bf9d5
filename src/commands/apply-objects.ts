/** Objects × a cluster → all of them applied, and said; when one is refused, which ones were. */
import type { ApplyOptions, Cluster } from '../manifests/cluster.ts';
import type { KubernetesObject } from '../manifests/manifest.ts';
import { plural } from '../plural.ts';
import type { Io } from '../ports.ts';

export async function applyObjects(
  cluster: Cluster,
  objects: readonly KubernetesObject[],
  options: ApplyOptions,
  { terminal }: Pick<Io, 'terminal'>,
  signal: AbortSignal,
): Promise<void> {
  const applied: string[] = [];
  const count = plural(objects.length, 'object');
  try {
    await cluster.apply(objects, options, (name) => applied.push(name), signal);
  } catch (error) {
    if (applied.length > 0 && !options.dryRun) {
      terminal.warn(`${applied.length} of ${count} are applied: ${applied.join(', ')}`);
    }
    throw error;
  }
  if (!options.dryRun) terminal.info(`applied ${count}`);
}
