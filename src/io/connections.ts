/** Sockets as they open and close → who is there, who is idle, and who has to go when there is no room or the port closes. */
import { Server, type Socket } from 'node:net';
import type { Peer } from '../server/contract.ts';
import type { Exchange } from './exchange.ts';
import { Reading } from './reading.ts';
import type { SpareTime } from './spare-time.ts';

export interface Connection {
  readonly peer: Peer;
  /** Aborted when the client goes away; one for all requests of the connection, which come one after another. */
  readonly gone: AbortController;
  /** Where requests come from. */
  readonly socket: Socket;
  /** The one that the kernel gave: with TLS, the one outside. */
  readonly outer: Socket;
  /** The exchange under way, or the last one. */
  exchange: Exchange | undefined;
  /** Those that came before the one under way was answered. */
  readonly waiting: Exchange[];
  readonly reading: Reading;
  /** Listens to the end of each response. */
  readonly onClosed: () => void;
}

/** Without a new connection for so long, none is on the way; under a stream of them the port closes in the end all the same. */
const QUIET_MS = 10;
const LONGEST_UNQUIET_MS = 200;
/** How long a connection that asks nothing may stay once the port closes: its request may be on the way. */
const FRESH_MS = 500;

export class Connections {
  readonly #most: number;
  readonly #spareTime: SpareTime;
  /** By the socket that requests come from: with TLS, the one inside the other. */
  readonly #open = new Map<Socket, Connection>();
  /** What the kernel has handed over, TLS or not. In the order in which they became idle; a busy one is not in there. */
  readonly #idle = new Set<Socket>();
  #size = 0;
  #accepted = 0;
  #acceptedAt = 0;
  /** Answers that wait for the port to close. */
  #held: (() => void)[] | undefined;

  constructor(most: number, spareTime: SpareTime) {
    this.#most = most;
    this.#spareTime = spareTime;
  }

  /** A socket from the kernel. Past the limit the one that has been idle longest makes room: whoever only holds connections shuts nobody out. */
  accept(socket: Socket): void {
    this.#size++;
    this.#accepted++;
    this.#acceptedAt = performance.now();
    this.#idle.add(socket);
    socket.once('close', () => {
      this.#size--;
      this.#idle.delete(socket);
    });
    if (this.#size <= this.#most) return;
    const [oldest] = this.#idle;
    oldest?.destroy();
  }

  /** A socket that requests may come from; `outer` is the one it was accepted as. */
  open(socket: Socket, outer: Socket, peer: Peer): void {
    const connection: Connection = {
      peer,
      socket,
      outer,
      gone: new AbortController(),
      exchange: undefined,
      waiting: [],
      reading: new Reading(socket),
      onClosed: () => this.#next(connection),
    };
    this.#open.set(socket, connection);
    socket.once('close', () => {
      this.#open.delete(socket);
      connection.gone.abort();
    });
  }

  /** Undefined once it has gone. */
  get(socket: Socket): Connection | undefined {
    return this.#open.get(socket);
  }

  /**
   * Serves a request at once, or after those of its connection that came before: a client may send many without waiting, and the others
   * would wait for all of them.
   */
  begin(connection: Connection, exchange: Exchange): void {
    const { exchange: before, waiting } = connection;
    if (waiting.length > 0 || (before !== undefined && !before.response.destroyed)) {
      // Whoever sends ahead is read no further until the others had their turn.
      connection.reading.stop('requests');
      waiting.push(exchange);
    } else {
      this.#take(connection, exchange);
    }
  }

  #take(connection: Connection, exchange: Exchange): void {
    const { socket, outer } = connection;
    // What was sent behind a request that ended the connection is never answered.
    if (exchange.response.destroyed || outer.destroyed || socket.writableEnded) return;
    connection.exchange = exchange;
    this.#idle.delete(outer);
    exchange.response.on('close', connection.onClosed);
    exchange.serve();
  }

  /** The exchange under way has ended. */
  #next(connection: Connection): void {
    const { exchange, waiting, outer, reading } = connection;
    exchange?.closed();
    const next = waiting.shift();
    if (next !== undefined) this.#spareTime.do(() => this.#take(connection, next));
    else if (!outer.destroyed) {
      this.#idle.add(outer);
      reading.goOn('requests');
    }
  }

  /** Whether answers wait for the port to close. */
  get isHolding(): boolean {
    return this.#held !== undefined;
  }

  /** Sends an answer: at once, except in the moment in which the port closes. */
  send(answer: () => void): void {
    if (this.#held === undefined) answer();
    else this.#held.push(answer);
  }

  /** Stops accepting; who is idle may still ask for a moment; who is busy is answered. What is left after `timeoutMs` is cut. */
  async close(server: Server, timeoutMs: number): Promise<void> {
    const last = setTimeout(() => this.#cutAll(), timeoutMs);
    await this.#quiet();
    const closed = new Promise<void>((resolve) => {
      // An HTTP server's own `close` would cut all who are idle at once, a request on the way or not.
      Server.prototype.close.call(server, () => resolve());
    });
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const answer of held) answer();
    const fresh = setTimeout(() => this.#cutIdle(), Math.min(FRESH_MS, timeoutMs));
    await closed;
    clearTimeout(fresh);
    clearTimeout(last);
  }

  /**
   * Resolves when no new connection is on the way. The kernel resets those that it has taken and we have not when the port closes: so nobody
   * is answered for a moment, for it is the answered who ask again, and what they have begun is taken first.
   */
  async #quiet(): Promise<void> {
    this.#held = [];
    const start = performance.now();
    const isOver = (): boolean => {
      const now = performance.now();
      return now - Math.max(start, this.#acceptedAt) > QUIET_MS || now - start > LONGEST_UNQUIET_MS;
    };
    while (!isOver()) await new Promise((wake) => setTimeout(wake, QUIET_MS / 4));
    // One connection is taken in a turn of the event loop: after a turn without one, the kernel has none left.
    for (let seen = -1; seen !== this.#accepted && performance.now() - start < LONGEST_UNQUIET_MS * 2; ) {
      seen = this.#accepted;
      await new Promise((wake) => setImmediate(wake));
    }
  }

  #cutIdle(): void {
    for (const socket of this.#idle) socket.destroy();
  }

  #cutAll(): void {
    this.#cutIdle();
    for (const socket of this.#open.keys()) socket.destroy();
  }
}
