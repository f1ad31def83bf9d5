/** The members of objects in a cluster that are read. Types only. */
import type { KubernetesObject } from '../manifest.ts';

export interface LiveObject extends KubernetesObject {
  readonly metadata: NonNullable<KubernetesObject['metadata']> & {
    readonly name: string;
    readonly uid?: string;
    /** RFC 3339 */
    readonly creationTimestamp?: string;
    /** Of an object that is being removed. */
    readonly deletionTimestamp?: string;
    readonly generation?: number;
    /** Another after each change. */
    readonly resourceVersion?: string;
    readonly ownerReferences?: readonly { readonly uid: string; readonly controller?: boolean }[];
    readonly managedFields?: readonly ManagedFields[];
  };
}

/** What a field manager has said of the object. */
export interface ManagedFields {
  readonly manager: string;
  readonly operation: string;
  readonly subresource?: string;
  readonly fieldsV1?: Readonly<Record<string, unknown>>;
}

export interface PodTemplate {
  readonly metadata?: {
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec?: {
    readonly containers?: readonly { readonly name: string; readonly image?: string }[];
  };
}

export interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
}

export interface LiveDeployment extends LiveObject {
  readonly spec: {
    readonly replicas?: number;
    readonly progressDeadlineSeconds?: number;
    readonly template: PodTemplate;
  };
  readonly status?: {
    readonly observedGeneration?: number;
    readonly replicas?: number;
    readonly updatedReplicas?: number;
    readonly availableReplicas?: number;
    readonly conditions?: readonly Condition[];
  };
}

export interface LiveReplicaSet extends LiveObject {
  readonly spec: { readonly template: PodTemplate };
}

export interface ContainerState {
  readonly waiting?: { readonly reason?: string; readonly message?: string };
  readonly terminated?: { readonly exitCode: number; readonly reason?: string; readonly message?: string };
}

export interface LivePod extends LiveObject {
  readonly status?: {
    readonly phase?: string;
    readonly conditions?: readonly Condition[];
    readonly containerStatuses?: readonly {
      readonly name: string;
      readonly ready: boolean;
      readonly restartCount: number;
      readonly state?: ContainerState;
      readonly lastState?: ContainerState;
    }[];
  };
}

export interface LiveEvent extends LiveObject {
  readonly reason?: string;
  readonly message?: string;
  readonly involvedObject: { readonly uid?: string; readonly kind?: string; readonly name?: string };
}
