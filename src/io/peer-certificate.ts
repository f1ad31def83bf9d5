/** The TLS socket of a client → what is to be thought of the certificate it has shown. */
import type { TLSSocket } from 'node:tls';
import type { Peer } from '../server/contract.ts';

/** A session that is taken up again counts as authorized also where no certificate was ever shown: so both are asked. */
export function certificateOf(socket: Pick<TLSSocket, 'authorized' | 'getPeerX509Certificate'>): Peer['certificate'] {
  if (socket.getPeerX509Certificate() === undefined) return 'none';
  return socket.authorized ? 'trusted' : 'untrusted';
}
