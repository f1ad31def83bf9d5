/** A TCP port → the process of this machine that listens on it, where Linux's /proc lets us see it. */
import { readdir, readFile, readlink } from 'node:fs/promises';

export interface PortHolder {
  readonly pid: number;
  /** Its command line, or the name of its program where that is hidden; shortened. */
  readonly command: string;
}

/** State column of a listening socket in /proc/net/tcp. */
const LISTEN = '0A';
const LONGEST_COMMAND = 120;

/** Undefined where it cannot be found out: no Linux, or a process of another user. */
export async function findPortHolder(port: number): Promise<PortHolder | undefined> {
  const inodes = new Set([
    ...(await listeningInodes('/proc/net/tcp', port)),
    ...(await listeningInodes('/proc/net/tcp6', port)),
  ]);
  if (inodes.size === 0) return undefined;
  const wanted = new Set([...inodes].map((inode) => `socket:[${inode}]`));
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name));
  for (const pid of pids) {
    if (await holdsAny(pid, wanted)) return { pid: Number(pid), command: await commandOf(pid) };
  }
  return undefined;
}

async function listeningInodes(table: string, port: number): Promise<readonly string[]> {
  const text = await readFile(table, 'latin1').catch(() => '');
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  return text
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .filter(([, local, , state]) => local?.endsWith(suffix) === true && state === LISTEN)
    .map((columns) => columns[9] ?? '')
    .filter((inode) => inode !== '' && inode !== '0');
}

async function holdsAny(pid: string, sockets: ReadonlySet<string>): Promise<boolean> {
  // A process may end while it is looked at, and others' descriptors are hidden.
  const descriptors = await readdir(`/proc/${pid}/fd`).catch(() => []);
  for (const descriptor of descriptors) {
    if (sockets.has(await readlink(`/proc/${pid}/fd/${descriptor}`).catch(() => ''))) return true;
  }
  return false;
}

async function commandOf(pid: string): Promise<string> {
  const line = (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).replaceAll('\0', ' ').trim();
  const command = line === '' ? (await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => 'unknown')).trim() : line;
  const printable = command.replace(/[^\x20-\x7e]/g, '?');
  return printable.length <= LONGEST_COMMAND ? printable : `${printable.slice(0, LONGEST_COMMAND)}…`;
}
