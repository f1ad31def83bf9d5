/** This process → how many files and sockets the system lets it have open. */
import { readFileSync } from 'node:fs';

/** No limit where the system does not say. Node has raised the soft limit to the hard one at its start. */
export function fileLimit(): number {
  try {
    const [, soft] = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? [];
    return soft === undefined ? Number.POSITIVE_INFINITY : Number(soft);
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}
