/** This machine → what `mlserve doctor` asks of it. */
import { statfs } from 'node:fs/promises';
import { createServer } from 'node:net';
import { guarded } from './file-error.ts';
import { type Address, openPort } from './open-port.ts';
import { loadOrt } from './ort-session.ts';
import { findRuntime } from './runtime-files.ts';

export async function loadRuntime(): Promise<string> {
  const { folder, version } = findRuntime();
  loadOrt(folder);
  return version;
}

/** What a user without privileges may fill of the disk of a folder. */
export function freeBytesOf(folder: string): Promise<number> {
  return guarded(folder, async () => {
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize;
  });
}

/** Opens a port and closes it again. Throws PORT_IN_USE and CONFIG_INVALID. */
export async function tryPort(address: Address): Promise<void> {
  const server = createServer();
  await openPort(server, address, '--port');
  await new Promise((closed) => server.close(closed));
}
