/** The objects of a service → how many pods the HorizontalPodAutoscaler among them brings its Deployment to, whatever the load is. */
import type { KubernetesObject } from '../manifest.ts';

interface Autoscaler {
  readonly spec?: {
    readonly minReplicas?: number;
    readonly scaleTargetRef?: { readonly kind?: string; readonly name?: string };
  };
}

/** 0 where none counts the pods of the Deployment. */
export function leastPods(objects: readonly KubernetesObject[], deployment: string): number {
  const specs = objects
    .filter(({ kind }) => kind === 'HorizontalPodAutoscaler')
    .map((object) => (object as Autoscaler).spec);
  const own = specs.find(
    (spec) => spec?.scaleTargetRef?.kind === 'Deployment' && spec.scaleTargetRef.name === deployment,
  );
  return own === undefined ? 0 : (own.minReplicas ?? 1);
}
