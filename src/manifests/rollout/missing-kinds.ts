/** Objects × the kinds that a cluster has → those it can take, and those it cannot. */
import type { KubernetesObject } from '../manifest.ts';

export interface SortedObjects {
  readonly taken: readonly KubernetesObject[];
  readonly missing: readonly KubernetesObject[];
}

/** `kinds`: by API version. */
export function sortByKind(
  objects: readonly KubernetesObject[],
  kinds: ReadonlyMap<string, readonly string[]>,
): SortedObjects {
  const isTaken = ({ apiVersion, kind }: KubernetesObject): boolean => kinds.get(apiVersion)?.includes(kind) === true;
  return { taken: objects.filter(isTaken), missing: objects.filter((object) => !isTaken(object)) };
}

const BROUGHT_BY: Readonly<Record<string, string>> = {
  'monitoring.coreos.com': "Prometheus' operator",
  'gateway.networking.k8s.io': 'the Gateway API',
  'keda.sh': 'KEDA; without it nothing changes the number of pods',
};

/** `PodMonitor/fraud: the cluster has no PodMonitor (monitoring.coreos.com/v1), which comes with Prometheus' operator` */
export function missingText({ apiVersion, kind, metadata }: KubernetesObject): string {
  const source = BROUGHT_BY[apiVersion.split('/')[0] ?? ''];
  const text = `${kind}/${metadata?.name}: the cluster has no ${kind} (${apiVersion})`;
  return source === undefined ? text : `${text}, which comes with ${source}`;
}
