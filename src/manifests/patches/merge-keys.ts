/** Kind and place of a list → the member by which a strategic merge patch tells its entries apart, as Kubernetes defines it. */
import type { KubernetesObject } from '../manifest.ts';

/** Kinds whose lists are merged; lists of every other kind are replaced as a whole. */
const MERGED =
  /^(Deployment|Service|ServiceAccount|ConfigMap|NetworkPolicy|PodDisruptionBudget|HorizontalPodAutoscaler|Ingress)$/;

/** Kinds with pods in them, whose lists a patch of a service merges as it merges those of a Deployment. Kustomize does not: it replaces them. */
const WITH_PODS = /^(Rollout|InferenceService)$/;

/** The kind by whose rules a patch of a service is made. */
export function patchedAs({ apiVersion, kind }: Pick<KubernetesObject, 'apiVersion' | 'kind'>): string {
  return WITH_PODS.test(kind) || apiVersion === 'serving.knative.dev/v1' ? 'Deployment' : kind;
}

const BY_LIST: Readonly<Record<string, string>> = {
  containers: 'name',
  initContainers: 'name',
  volumes: 'name',
  env: 'name',
  imagePullSecrets: 'name',
  volumeMounts: 'mountPath',
  volumeDevices: 'devicePath',
  topologySpreadConstraints: 'topologyKey',
  hostAliases: 'ip',
  secrets: 'name',
};

/** Undefined: the list is replaced. */
export function mergeKey(kind: string, list: string): string | undefined {
  if (!MERGED.test(kind)) return undefined;
  if (list === 'ports' && kind === 'Deployment') return 'containerPort';
  if (list === 'ports' && kind === 'Service') return 'port';
  return kind === 'Deployment' || list === 'imagePullSecrets' || list === 'secrets' ? BY_LIST[list] : undefined;
}
