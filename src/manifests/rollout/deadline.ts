/** The numbers of a service × its pods → how long its rollout may take, with how that came about. */

import type { Derived, Numbers } from '../numbers.ts';
import { MIN_READY_SECONDS } from '../replicated.ts';

/** One pod starts after the other. */
export function rolloutSeconds({ startupSeconds }: Pick<Numbers, 'startupSeconds'>, pods: number): Derived {
  const each = startupSeconds.value + MIN_READY_SECONDS;
  const count = Math.max(1, pods);
  return {
    value: each * count,
    why: `${count} × (${startupSeconds.value} s to start + ${MIN_READY_SECONDS} s to stay ready)`,
  };
}
