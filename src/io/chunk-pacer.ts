/** The bytes of chunked requests → handed to the parser a little at a time, so that the others come in between, however finely a body is cut. */
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Reading } from './reading.ts';
import type { SpareTime } from './spare-time.ts';

/** node:http calls back for each chunk: a read of 64 KiB in chunks of one byte would hold up everybody for a tenth of a second. */
const SLICE = 2048;

type Feed = (this: Socket, bytes: Buffer) => void;

export class ChunkPacer {
  readonly #sockets = new WeakSet<Socket>();
  readonly #spareTime: SpareTime;

  constructor(spareTime: SpareTime) {
    this.#spareTime = spareTime;
  }

  /** From now on, for all requests of the connection. A body that is not chunked costs a packet for each piece, and needs no pace. */
  pace({ headers, socket }: IncomingMessage, reading: Reading): void {
    if (headers['transfer-encoding'] === undefined || this.#sockets.has(socket)) return;
    const [feed] = socket.listeners('data') as Feed[];
    if (feed === undefined) return;
    this.#sockets.add(socket);
    let bytes: Buffer | undefined;
    const step = (): void => {
      if (bytes === undefined || socket.destroyed) return;
      const slice = bytes.subarray(0, SLICE);
      bytes = bytes.length > SLICE ? bytes.subarray(SLICE) : undefined;
      feed.call(socket, slice);
      if (bytes !== undefined) this.#spareTime.do(step);
      else reading.goOn('bytes');
    };
    socket.removeListener('data', feed);
    socket.on('data', (read: Buffer) => {
      reading.stop('bytes');
      if (bytes === undefined) this.#spareTime.do(step);
      bytes = bytes === undefined ? read : Buffer.concat([bytes, read]);
    });
  }
}
