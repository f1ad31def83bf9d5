/** A pod → whether it has ended for good. One that was evicted stays as a record, and its ReplicaSet has another in its place. */
import type { LivePod } from './live-objects.ts';

export function hasEnded({ status }: Pick<LivePod, 'status'>): boolean {
  return status?.phase === 'Failed' || status?.phase === 'Succeeded';
}
