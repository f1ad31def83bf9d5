/** What the API server says of a rollout: the members that are read of each object. Types only. */
import type { KubernetesObject } from '../manifest.ts';

interface ObservedMetadata {
  readonly name: string;
  readonly uid?: string;
  readonly generation?: number;
  readonly deletionTimestamp?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly ownerReferences?: readonly { readonly uid: string }[];
}

interface Observed extends KubernetesObject {
  readonly metadata: ObservedMetadata;
}

export interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
}

export interface ObservedDeployment extends Observed {
  readonly spec: { readonly replicas?: number };
  readonly status?: {
    readonly observedGeneration?: number;
    readonly replicas?: number;
    readonly updatedReplicas?: number;
    readonly availableReplicas?: number;
    readonly conditions?: readonly Condition[];
  };
}

export type ObservedReplicaSet = Observed;

export interface ContainerState {
  readonly waiting?: { readonly reason?: string; readonly message?: string };
  readonly terminated?: { readonly exitCode: number; readonly reason?: string; readonly message?: string };
}

export interface ObservedPod extends Observed {
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

export interface ObservedEvent extends Observed {
  readonly reason?: string;
  readonly message?: string;
  readonly involvedObject: { readonly uid?: string; readonly kind?: string; readonly name?: string };
}

export interface ObservedRollout {
  readonly deployment: ObservedDeployment;
  readonly replicaSets: readonly ObservedReplicaSet[];
  readonly pods: readonly ObservedPod[];
  /** Those that warn. */
  readonly events: readonly ObservedEvent[];
}
