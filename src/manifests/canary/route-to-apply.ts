/** The HTTPRoute in a cluster × a change to its rules → what to apply: our part of it with the change, and nothing of what others have set. */

import { FIELD_MANAGER } from '../field-manager.ts';
import { appliedPart } from '../live/applied-part.ts';
import type { LiveObject } from '../live/live-objects.ts';
import type { KubernetesObject } from '../manifest.ts';

export function routeToApply(
  route: LiveObject,
  change: (part: KubernetesObject) => KubernetesObject,
): KubernetesObject {
  const part = appliedPart(route, FIELD_MANAGER) as KubernetesObject & { readonly spec?: { readonly rules?: unknown } };
  // Somebody else's rules: the API server says whose.
  const { spec } = route as unknown as { readonly spec: object };
  return change(part.spec?.rules === undefined ? { ...part, ...{ spec } } : part);
}
