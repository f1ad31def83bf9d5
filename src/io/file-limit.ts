/** This process → how many files and sockets the system lets it have open. */
import { readFile } from 'node:fs/promises';

/** No limit where the system does not say. Node has raised the soft limit to the hard one at its start. */
export async function fileLimit(): Promise<number> {
  try {
    const [, soft] = /^Max open files\s+(\d+)/m.exec(await readFile('/proc/self/limits', 'utf8')) ?? [];
    return soft === undefined ? Number.POSITIVE_INFINITY : Number(soft);
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}
