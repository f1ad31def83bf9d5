/** What keeps a rollout, and what shows that it happened. */
import type { LiveEvent } from '../live/live-objects.ts';

export interface Cause {
  /** `rollout.image-pull`: the rule of a finding. */
  readonly rule: string;
  /** `Pod/fraud-6d4b75cb6d-x7k2p` */
  readonly where: string;
  readonly message: string;
  readonly hint: string;
  /** Waiting longer does not help: somebody has to do something. */
  readonly isFinal: boolean;
  /** What shows it: a text for each time that it happened. */
  readonly evidence: readonly string[];
}

/** Of one pod, which is named elsewhere. */
export type PodCause = Omit<Cause, 'where'>;

/** Each change of an event is one more time. */
export function evidenceOf(events: readonly LiveEvent[]): readonly string[] {
  return events.map(({ metadata: { name, resourceVersion = '' } }) => `${name}@${resourceVersion}`);
}
