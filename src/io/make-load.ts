/** This process → the `Load` port. Loaded when load is made. */
import { cpus } from 'node:os';
import type { Load } from '../load/load.ts';
import { openSender } from './load-sender.ts';
import { startOwnServer } from './own-server.ts';

export function realLoad(): Load {
  return { cpu: cpus()[0]?.model.trim() ?? '', serve: startOwnServer, sender: openSender };
}
