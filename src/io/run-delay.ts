/** The main thread of this process → how long it has waited for a processor, in milliseconds: 0 where the system does not tell. */
import { readFileSync } from 'node:fs';

/** Linux: time on a processor, time on the queue of one, and how often it got one. */
export function runDelayMs(): number {
  try {
    return Number(readFileSync('/proc/self/schedstat', 'utf8').split(' ')[1] ?? 0) / 1e6 || 0;
  } catch {
    return 0;
  }
}
