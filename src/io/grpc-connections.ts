/** Connections of a gRPC port as they open and close → who is there, who is idle, and who has to go when there is no room. */
import type { Http2Session } from 'node:http2';
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { Peer } from '../server/contract.ts';
import { certificateOf } from './peer-certificate.ts';

interface Connection {
  readonly peer: Peer;
  /** Under way. */
  calls: number;
}

const NOBODY: Peer = { address: undefined, certificate: 'none' };

export class GrpcConnections {
  readonly #most: number;
  readonly #open = new Map<Http2Session, Connection>();
  /** In the order in which they became idle. */
  readonly #idle = new Set<Http2Session>();
  /** What the kernel has handed over. */
  readonly #sockets = new Set<Socket>();
  #onEmpty: (() => void) | undefined;

  constructor(most: number) {
    this.#most = most;
  }

  get sessions(): readonly Http2Session[] {
    return [...this.#open.keys()];
  }

  /** A socket from the kernel. Past the limit the one that has been idle longest makes room: whoever only holds connections shuts nobody out. */
  accept(socket: Socket): void {
    this.#sockets.add(socket);
    socket.once('close', () => {
      this.#sockets.delete(socket);
      if (this.#sockets.size === 0) this.#onEmpty?.();
    });
    if (this.#sockets.size <= this.#most) return;
    const [oldest] = this.#idle;
    if (oldest === undefined) socket.destroy();
    else oldest.destroy();
  }

  open(session: Http2Session): void {
    this.#open.set(session, { peer: peerOf(session), calls: 0 });
    this.#idle.add(session);
    session.once('close', () => {
      this.#open.delete(session);
      this.#idle.delete(session);
    });
  }

  /** Resolves as soon as nobody is connected. */
  allClosed(): Promise<void> {
    if (this.#sockets.size === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#onEmpty = resolve;
    });
  }

  /** Closes all of them now, whatever they do. */
  cut(): void {
    for (const session of this.sessions) session.destroy();
    for (const socket of this.#sockets) socket.destroy();
  }

  /** A call begins; answers whose it is. */
  begin(session: Http2Session | undefined): Peer {
    const connection = session && this.#open.get(session);
    if (connection === undefined) return NOBODY;
    connection.calls++;
    this.#idle.delete(session as Http2Session);
    return connection.peer;
  }

  /** A call has ended, perhaps with its connection. */
  end(session: Http2Session | undefined): void {
    const connection = session && this.#open.get(session);
    if (connection === undefined) return;
    if (--connection.calls === 0) this.#idle.add(session as Http2Session);
  }
}

function peerOf({ socket, encrypted }: Http2Session): Peer {
  // What a session shows is a stand-in for its socket, without its type.
  return { address: socket.remoteAddress, certificate: encrypted ? certificateOf(socket as TLSSocket) : 'none' };
}
