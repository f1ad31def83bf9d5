/** The HorizontalPodAutoscaler controller of the tests, where nothing measures load: it brings Deployments to the fewest pods they may have. */
import { CORE, type Resource, type Stored } from './objects.ts';
import type { Store } from './store.ts';

const DEPLOYMENT = CORE.find(({ kind }) => kind === 'Deployment') as Resource;
/** That of Kubernetes looks every 15 s. */
const LOOK_MS = 150;

interface AutoscalerSpec {
  readonly scaleTargetRef: { readonly name: string };
  readonly minReplicas?: number;
}

export function runAutoscaler(store: Store, isStopped: () => boolean): void {
  store.onChange(({ resource: { kind }, object: { metadata } }) => {
    if (kind !== 'Deployment' && kind !== 'HorizontalPodAutoscaler') return;
    setTimeout(() => {
      if (isStopped()) return;
      for (const autoscaler of store.list('horizontalpodautoscalers', metadata.namespace)) raise(store, autoscaler);
    }, LOOK_MS).unref();
  });
}

function raise(store: Store, autoscaler: Stored): void {
  const { scaleTargetRef, minReplicas = 1 } = autoscaler.spec as AutoscalerSpec;
  const deployment = store.get(DEPLOYMENT, autoscaler.metadata.namespace, scaleTargetRef.name);
  if (deployment === undefined) return;
  const spec = deployment.spec as { readonly replicas?: number };
  const { replicas = 1 } = spec;
  if (replicas === 0 || replicas >= minReplicas) return;
  store.put(DEPLOYMENT, { ...deployment, spec: { ...spec, replicas: minReplicas } });
}
