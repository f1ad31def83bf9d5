/** The name of a service → the names and labels that tell its canary from its own pods. */
import { nameWith } from '../names.ts';

export const INSTANCE_LABEL = 'app.kubernetes.io/instance';
export const NAME_LABEL = 'app.kubernetes.io/name';
/** On everything of a canary, its pods among it; what is without it is of the service itself. */
export const TRACK_LABEL = 'mlserve.dev/track';

export const TRACKS = ['stable', 'canary'] as const;
export type Track = (typeof TRACKS)[number];

/** Also the instance of its pods: the selector of the service names another one, so it never catches them. */
export function canaryName(service: string): string {
  return nameWith(service, 'canary');
}

/** What finds everything of a canary and nothing else. */
export function canaryLabels(service: string): Readonly<Record<string, string>> {
  return { [NAME_LABEL]: service, [TRACK_LABEL]: 'canary' };
}

/** Labels of an object or pod → the track it is of. */
export function trackOf(labels: Readonly<Record<string, string>> | undefined): Track {
  return labels?.[TRACK_LABEL] === 'canary' ? 'canary' : 'stable';
}
