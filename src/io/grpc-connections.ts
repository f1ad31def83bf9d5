/** Connections of a gRPC port as they open and close → who is there, who is idle, and who has to go when there is no room. */
import type { Http2Session } from 'node:http2';
import type { Socket } from 'node:net';

export class GrpcConnections {
  readonly #most: number;
  /** Calls under way on each. */
  readonly #calls = new Map<Http2Session, number>();
  /** In the order in which they became idle. */
  readonly #idle = new Set<Http2Session>();
  #size = 0;

  constructor(most: number) {
    this.#most = most;
  }

  get sessions(): readonly Http2Session[] {
    return [...this.#calls.keys()];
  }

  /** A socket from the kernel. Past the limit the one that has been idle longest makes room: whoever only holds connections shuts nobody out. */
  accept(socket: Socket): void {
    this.#size++;
    socket.once('close', () => this.#size--);
    if (this.#size <= this.#most) return;
    const [oldest] = this.#idle;
    if (oldest === undefined) socket.destroy();
    else oldest.destroy();
  }

  open(session: Http2Session): void {
    this.#calls.set(session, 0);
    this.#idle.add(session);
    session.once('close', () => {
      this.#calls.delete(session);
      this.#idle.delete(session);
    });
  }

  /** Closes all of them now, whatever they do. */
  cut(): void {
    for (const session of this.sessions) session.destroy();
  }

  /** A call begins. */
  begin(session: Http2Session): void {
    this.#calls.set(session, (this.#calls.get(session) ?? 0) + 1);
    this.#idle.delete(session);
  }

  /** A call has ended, perhaps with its connection. */
  end(session: Http2Session): void {
    const calls = this.#calls.get(session);
    if (calls === undefined) return;
    this.#calls.set(session, calls - 1);
    if (calls === 1) this.#idle.add(session);
  }
}
