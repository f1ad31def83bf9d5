/** The port to a Kubernetes cluster: what a command asks of it and tells it. Types only. */
import type { KubernetesObject } from './manifest.ts';

/** A place in a kubeconfig; the cluster of the pod itself where there is none. */
export interface ClusterPlace {
  readonly context: string;
  /** URL of its API server. */
  readonly server: string;
}

export interface Kind {
  readonly apiVersion: string;
  readonly kind: string;
}

export interface ObjectReference extends Kind {
  readonly namespace: string;
  readonly name: string;
}

export interface ObjectQuery {
  readonly namespace: string;
  /** Labels that an object must carry. */
  readonly labels?: Readonly<Record<string, string>> | undefined;
  /** Values that the API server can select by: `type` of an Event. */
  readonly fields?: Readonly<Record<string, string>> | undefined;
}

export interface ApplyOptions {
  /** Everything but storing: the API server judges the objects and throws them away. */
  readonly dryRun: boolean;
  /** Takes fields over from other field managers, which is a conflict otherwise. */
  readonly forceConflicts: boolean;
}

/** A port of a pod, asked through the API server. */
export interface PodQuestion {
  readonly namespace: string;
  readonly pod: string;
  readonly port: number;
  readonly isTls: boolean;
  /** `/readyz` */
  readonly path: string;
}

/**
 * A cluster that a kubeconfig names. Every call may throw CLUSTER_UNREACHABLE, when the API server does not answer or knows nobody of that
 * name, and CLUSTER_REFUSED, when it says no. `T` is what objects of the kind are.
 */
export interface Cluster {
  readonly place: ClusterPlace;
  /** Of the API server: `v1.36.0`. No answer in this time is CLUSTER_UNREACHABLE. */
  version(timeoutMs: number): Promise<string>;
  /** Kinds of an API version: `apps/v1` → `Deployment`, …; empty where the cluster has none of it. */
  kinds(apiVersion: string): Promise<readonly string[]>;
  /** Undefined when it is not there. */
  get<T extends KubernetesObject>(reference: ObjectReference): Promise<T | undefined>;
  list<T extends KubernetesObject>(kind: Kind, query: ObjectQuery): Promise<readonly T[]>;
  /** All objects that match, at first and again after each change, until `signal` is given. Connections that end are made anew. */
  watch<T extends KubernetesObject>(kind: Kind, query: ObjectQuery, signal: AbortSignal): AsyncIterable<readonly T[]>;
  /** What a server-side apply would change, in the form of `diff -u`; empty text for nothing. */
  diff(objects: readonly KubernetesObject[], options: Pick<ApplyOptions, 'forceConflicts'>): Promise<string>;
  /**
   * Server-side apply, in order, as field manager `mlserve`. Calls back with `deployment.apps/fraud` when that is done. One that is refused
   * does not keep the others from being applied; it throws at the end.
   */
  apply(
    objects: readonly KubernetesObject[],
    options: ApplyOptions,
    onApplied: (name: string) => void,
    signal: AbortSignal,
  ): Promise<void>;
  /** With what it owns, without waiting for their end. False when it was not there. */
  remove(reference: ObjectReference, options: Pick<ApplyOptions, 'dryRun'>): Promise<boolean>;
  /** The body of the answer to a GET. */
  askPod(question: PodQuestion): Promise<string>;
}

export interface ClusterOptions {
  /** Of the kubeconfig; the current one when absent. */
  readonly context?: string | undefined;
}
