/** The objects of an environment × a cluster → what an apply would change, said to people; objects of kinds that the cluster lacks are left out. */
import { MlserveError } from '../errors.ts';
import type { Cluster } from '../manifests/cluster.ts';
import type { EnvironmentObjects } from '../manifests/environment-objects.ts';
import { withHashedConfig } from '../manifests/hash-config.ts';
import type { KubernetesObject } from '../manifests/manifest.ts';
import { missingText, sortByKind } from '../manifests/rollout/missing-kinds.ts';
import { type ObjectChange, readDiff } from '../manifests/rollout/read-diff.ts';

export interface ApplyPlan {
  readonly objects: readonly KubernetesObject[];
  readonly changes: readonly ObjectChange[];
  /** Why an object is left out. */
  readonly skipped: readonly string[];
}

export interface PlanOptions {
  readonly requireCrds: boolean;
  readonly forceConflicts: boolean;
}

/** The same objects as those of the files. Throws CLUSTER_REFUSED for kinds that are missing and required. */
export async function planApply(
  { manifests, facts }: EnvironmentObjects,
  cluster: Cluster,
  { requireCrds, forceConflicts }: PlanOptions,
): Promise<ApplyPlan> {
  const all = withHashedConfig(manifests, facts.spec.name).map(({ object }) => object);
  const versions = [...new Set(all.map(({ apiVersion }) => apiVersion))];
  const kinds = new Map(
    await Promise.all(versions.map(async (version) => [version, await cluster.kinds(version)] as const)),
  );
  const { taken, missing } = sortByKind(all, kinds);
  const skipped = missing.map(missingText);
  if (skipped.length > 0 && requireCrds) {
    throw new MlserveError('CLUSTER_REFUSED', skipped.join('; '), {
      where: cluster.place.context,
      hint: 'have them installed, or leave --require-crds out and the objects are skipped',
    });
  }
  const text = await cluster.diff(taken, { forceConflicts });
  return { objects: taken, changes: readDiff(text, taken), skipped };
}
