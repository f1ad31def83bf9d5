/** The Deployment controller of the tests: ReplicaSets and pods of a Deployment, one new pod at a time, and its status. */
import { createHash } from 'node:crypto';
import { isReady, type PodCourse, type PodEvent } from './kubelet.ts';
import { CORE, type Resource, type Stored } from './objects.ts';
import type { Store } from './store.ts';

export interface Controllers {
  /** What becomes of a pod. */
  readonly pod: (pod: Stored) => PodCourse;
  /** Most pods in a namespace, by a quota. */
  readonly podQuota: () => number;
  readonly isStopped: () => boolean;
  /** Resolves when a pod may get on. */
  readonly begin: () => Promise<void>;
}

const resource = (kind: string): Resource => CORE.find((each) => each.kind === kind) as Resource;
const [DEPLOYMENT, REPLICA_SET, POD, EVENT] = ['Deployment', 'ReplicaSet', 'Pod', 'Event'].map(resource) as [
  Resource,
  Resource,
  Resource,
  Resource,
];
const REVISION = 'deployment.kubernetes.io/revision';
const HASH = 'pod-template-hash';
const RECONCILE_MS = 20;
/** That of Kubernetes grows from 5 ms to 17 minutes. */
const RETRY_MS = 500;

interface DeploymentSpec {
  readonly replicas?: number;
  readonly selector: { readonly matchLabels: Readonly<Record<string, string>> };
  readonly template: {
    readonly metadata: { readonly labels?: Record<string, string>; readonly annotations?: Record<string, string> };
    readonly spec: object;
  };
}

/** Follows every Deployment of the store. */
export function runControllers(store: Store, script: Controllers): void {
  const due = new Set<string>();
  const later = (deployment: Stored, delay = RECONCILE_MS): void => {
    const { namespace, name } = deployment.metadata;
    const key = `${namespace}/${name}`;
    if (due.has(key)) return;
    due.add(key);
    setTimeout(() => {
      due.delete(key);
      const current = store.get(DEPLOYMENT, namespace, name);
      if (current === undefined || script.isStopped()) return;
      if (!reconcile(store, script, current)) later(current, RETRY_MS);
    }, delay).unref();
  };
  store.onChange(({ resource: { kind }, object, type }) => {
    if (kind === 'Deployment' && type !== 'DELETED') later(object);
    if (kind !== 'Pod') return;
    for (const deployment of store.list('deployments', object.metadata.namespace)) later(deployment);
  });
}

/** False when it has to be tried again. */
function reconcile(store: Store, script: Controllers, deployment: Stored): boolean {
  const { namespace, name } = deployment.metadata;
  const spec = deployment.spec as DeploymentSpec;
  const wanted = spec.replicas ?? 1;
  const current = currentReplicaSet(store, deployment, spec);
  const sets = ownedBy(store, 'replicasets', deployment);
  const podsOf = (set: Stored): readonly Stored[] =>
    ownedBy(store, 'pods', set).filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  const own = podsOf(current);
  const old = sets.filter(({ metadata }) => metadata.uid !== current.metadata.uid).flatMap(podsOf);
  const ready = own.filter(isReady);
  let failure: string | undefined;
  if (own.length < wanted && own.length + old.length < wanted + 1) {
    const used = store.list('pods', namespace).length;
    const quota = script.podQuota();
    if (used >= quota) {
      failure = `pods "${current.metadata.name}-" is forbidden: exceeded quota: pods, requested: pods=1, used: pods=${used}, limited: pods=${quota}`;
      record(store, current, { type: 'Warning', reason: 'FailedCreate', message: `Error creating: ${failure}` });
    } else start(store, script, current, spec);
  } else if (own.length > wanted) end(store, own.at(-1) as Stored);
  else if (old.length > 0 && ready.length + old.filter(isReady).length > wanted) end(store, old.at(-1) as Stored);
  const isDone = ready.length === wanted && old.length === 0;
  const progress = isDone ? 'NewReplicaSetAvailable' : 'ReplicaSetUpdated';
  const status = {
    observedGeneration: deployment.metadata.generation,
    replicas: own.length + old.length,
    updatedReplicas: own.length,
    readyReplicas: [...own, ...old].filter(isReady).length,
    availableReplicas: [...own, ...old].filter(isReady).length,
    conditions: [
      { type: 'Progressing', status: 'True', reason: progress, message: `ReplicaSet "${current.metadata.name}"` },
      ...(failure === undefined
        ? []
        : [{ type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message: failure }]),
    ],
  };
  const latest = store.get(DEPLOYMENT, namespace, name);
  if (latest === undefined) return true;
  const annotations = { ...latest.metadata.annotations, [REVISION]: current.metadata.annotations?.[REVISION] ?? '1' };
  store.put(DEPLOYMENT, { ...latest, metadata: { ...latest.metadata, annotations }, status });
  return failure === undefined;
}

/** The one with the template of the Deployment; made with the next revision, or brought back with it. */
function currentReplicaSet(store: Store, deployment: Stored, { template, selector }: DeploymentSpec): Stored {
  const { name, namespace, uid = '' } = deployment.metadata;
  const hash = createHash('sha256').update(JSON.stringify(template)).digest('hex').slice(0, 9);
  const sets = ownedBy(store, 'replicasets', deployment);
  const revisions = sets.map(({ metadata }) => Number(metadata.annotations?.[REVISION]));
  const newest = Math.max(0, ...revisions);
  const found = sets.find(({ metadata }) => metadata.labels?.[HASH] === hash);
  if (found !== undefined && Number(found.metadata.annotations?.[REVISION]) === newest) return found;
  const labels = { ...template.metadata.labels, [HASH]: hash };
  return store.put(REPLICA_SET, {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      ...found?.metadata,
      name: `${name}-${hash}`,
      ...(namespace === undefined ? {} : { namespace }),
      labels,
      annotations: { ...deployment.metadata.annotations, [REVISION]: String(newest + 1) },
      ownerReferences: [{ kind: 'Deployment', name, uid }],
    },
    spec: {
      selector: { matchLabels: { ...selector.matchLabels, [HASH]: hash } },
      template: { ...template, metadata: { ...template.metadata, labels } },
    },
  });
}

function start(store: Store, script: Controllers, set: Stored, { template }: DeploymentSpec): void {
  const { name, namespace, labels, uid = '' } = set.metadata;
  const suffix = createHash('sha256').update(`${name} ${store.version}`).digest('hex').slice(0, 5);
  const pod = store.put(POD, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: `${name}-${suffix}`,
      ...(namespace === undefined ? {} : { namespace }),
      labels: { ...labels },
      annotations: { ...template.metadata.annotations },
      ownerReferences: [{ kind: 'ReplicaSet', name, uid }],
    },
    spec: template.spec,
    status: { phase: 'Pending', conditions: [] },
  });
  void script.begin().then(() => follow(store, script, pod));
}

function follow(store: Store, script: Controllers, pod: Stored): void {
  const { name, namespace } = pod.metadata;
  let delay = 0;
  for (const { afterMs, status, event } of script.pod(pod)) {
    delay += afterMs;
    setTimeout(() => {
      const latest = store.get(POD, namespace, name);
      if (latest === undefined || script.isStopped()) return;
      if (event !== undefined) record(store, latest, event);
      store.put(POD, { ...latest, status });
    }, delay).unref();
  }
}

function end(store: Store, pod: Stored): void {
  const { name, namespace } = pod.metadata;
  const deletionTimestamp = new Date().toISOString();
  store.put(POD, { ...pod, metadata: { ...pod.metadata, deletionTimestamp } });
  setTimeout(() => void store.remove(POD, namespace, name), RECONCILE_MS).unref();
}

function ownedBy(store: Store, plural: string, { metadata: { uid, namespace } }: Stored): readonly Stored[] {
  return store
    .list(plural, namespace)
    .filter(({ metadata }) => metadata.ownerReferences?.some((owner) => owner.uid === uid) === true);
}

/** One event for each reason of an object; the next is the same with a higher count. */
function record(store: Store, about: Stored, { type, reason, message }: PodEvent): void {
  const { name, namespace, uid } = about.metadata;
  const event = `${name}.${reason.toLowerCase()}`;
  const before = store.get(EVENT, namespace, event);
  const now = new Date().toISOString();
  store.put(EVENT, {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: event, ...(namespace === undefined ? {} : { namespace }) },
    involvedObject: { apiVersion: about.apiVersion, kind: about.kind, name, namespace, uid },
    type,
    reason,
    message,
    count: ((before?.count as number | undefined) ?? 0) + 1,
    firstTimestamp: before?.firstTimestamp ?? now,
    lastTimestamp: now,
  });
}
