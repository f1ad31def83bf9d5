/** Nothing → the `Clock` port on the system's clocks. */
import { performance } from 'node:perf_hooks';
import type { Clock } from '../ports.ts';

export const realClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
};
