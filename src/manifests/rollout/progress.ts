/** What is observed of a rollout → how far it is. The same rules as `kubectl rollout status`. */
import { plural } from '../../plural.ts';
import { isReady, newPods } from './new-pods.ts';
import type { ObservedRollout } from './observed.ts';

export interface Progress {
  readonly wanted: number;
  /** Of the new revision. */
  readonly ready: number;
  /** Of earlier revisions. */
  readonly old: number;
  readonly isDone: boolean;
  /** `1 of 2 pods ready, 1 old pod still there` */
  readonly words: string;
}

export function progressOf(rollout: ObservedRollout): Progress {
  const { metadata, spec, status = {} } = rollout.deployment;
  const { replicas: asked = 1 } = spec;
  // An autoscaler leaves a Deployment alone that was set to no pods.
  const wanted = asked === 0 ? 0 : Math.max(asked, rollout.least);
  const { observedGeneration = 0, replicas = 0, updatedReplicas = 0, availableReplicas = 0 } = status;
  if (observedGeneration < (metadata.generation ?? 0)) {
    return { wanted, ready: 0, old: 0, isDone: false, words: 'the cluster has not begun yet' };
  }
  const ready = newPods(rollout).filter(isReady).length;
  const old = Math.max(0, replicas - updatedReplicas);
  const isDone = updatedReplicas >= wanted && old === 0 && availableReplicas >= updatedReplicas;
  const parts = [
    `${ready} of ${plural(wanted, 'pod')} ready`,
    ...(old > 0 ? [`${plural(old, 'old pod')} still there`] : []),
    ...(asked < wanted ? [`its autoscaler has asked for ${asked} so far`] : []),
    // `minReadySeconds`: a pod counts when it has stayed ready for that long.
    ...(ready >= wanted && old === 0 && !isDone ? ['to stay so for some seconds'] : []),
  ];
  return { wanted, ready, old, isDone, words: parts.join(', ') };
}
