/** A cluster's state → the step that removes everything of a canary. */
import type { Step } from './plan.ts';
import type { TrackState } from './state.ts';
import { canaryName } from './track.ts';

export function removal({ service, namespace, canaryParts }: TrackState): Step {
  const parts = canaryParts.map(({ apiVersion, kind, metadata: { name } }) => ({ apiVersion, kind, namespace, name }));
  const kinds = parts.map(({ kind }) => kind).join(', ');
  return { kind: 'remove', says: `remove the canary ${canaryName(service)}: ${kinds}`, parts };
}
