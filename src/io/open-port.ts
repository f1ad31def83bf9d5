/** A server × an address → the server listening, or the reason why it cannot. */
import type { Server } from 'node:net';
import { MlserveError } from '../errors.ts';
import { findPortHolder } from './port-holder.ts';

export interface Address {
  readonly host: string;
  /** 0 picks a free port. */
  readonly port: number;
}

/** `flag`: the one that chooses the port. Throws PORT_IN_USE, and CONFIG_INVALID where the address cannot be listened on. */
export async function openPort(server: Server, { host, port }: Address, flag: string): Promise<void> {
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen({ host, port }, () => {
        server.off('error', reject);
        resolve();
      });
    });
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const where = `${host}:${port}`;
    if (code === 'EADDRINUSE') {
      const holder = await findPortHolder(port);
      const by = holder === undefined ? 'another process' : `process ${holder.pid} (${holder.command})`;
      const hint = `choose another port with ${flag}, or ${flag} 0 for any free one`;
      throw new MlserveError('PORT_IN_USE', `Port ${port} is taken by ${by}.`, { where, hint, cause });
    }
    const reason = code === 'EACCES' ? 'this user may not open that port' : `no such address here (${code})`;
    const hint = `choose another port with ${flag}, or another address with --host`;
    throw new MlserveError('CONFIG_INVALID', `Cannot listen: ${reason}.`, { where, hint, cause });
  }
}
