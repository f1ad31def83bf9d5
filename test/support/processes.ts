/** The id of a process → the processes that it has started, and whether one is alive. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** By the system's own list: those whose command line holds `words`. */
export async function childrenOf(pid: number | undefined, words: string): Promise<readonly number[]> {
  const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'pid=,ppid=,args=']);
  return stdout
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, parent, ...args]) => Number(parent) === pid && args.join(' ').includes(words))
    .map(([own]) => Number(own));
}

export function isAlive(pid: number | undefined): boolean {
  try {
    return pid !== undefined && process.kill(pid, 0);
  } catch {
    return false;
  }
}
