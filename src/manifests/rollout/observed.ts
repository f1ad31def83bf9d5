/** What is seen at one moment of a Deployment that rolls out. Types only. */
import type { LiveDeployment, LiveEvent, LivePod, LiveReplicaSet } from '../live/live-objects.ts';

export interface ObservedRollout {
  readonly deployment: LiveDeployment;
  readonly replicaSets: readonly LiveReplicaSet[];
  readonly pods: readonly LivePod[];
  /** Those that warn. */
  readonly events: readonly LiveEvent[];
  /** Pods that an autoscaler brings it to; 0 where nobody else counts them. */
  readonly least: number;
}
