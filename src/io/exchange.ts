/**
 * One request of a connection → its answer: the head is judged, the body read, the handler asked, the answer written. A class, for one is made
 * for each request: listeners and functions of its own would cost more than all else that is done here.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Admission, Handler, Headers, Request, RequestHead, Response } from '../server/contract.ts';
import type { ByteBudget, ByteShare } from './byte-budget.ts';
import type { ChunkPacer } from './chunk-pacer.ts';
import { bodyBytes, compressResponse, SMALLEST_COMPRESSED } from './compress.ts';
import type { Connection, Connections } from './connections.ts';
import { freeBytes } from './free-bytes.ts';
import { type BodyEvents, readBody } from './http-body.ts';
import { send, sendUnread } from './http-response.ts';
import type { SpareTime, TurnBudget } from './spare-time.ts';

/** Answers up to here are not counted among the bytes that wait: most are, and leave at once. */
const SMALL_ANSWER = 65_536;

/** What all exchanges of a port share. */
export interface PortState {
  readonly handler: Handler;
  readonly connections: Connections;
  /** Bytes of bodies and large answers. */
  readonly waiting: ByteBudget;
  readonly pacer: ChunkPacer;
  readonly spareTime: SpareTime;
  /** Bytes of answers that leave in one turn. */
  readonly outgoing: TurnBudget;
  /** What a client may take to read an answer. */
  readonly timeoutMs: number;
  isDraining: boolean;
}

export class Exchange implements BodyEvents {
  readonly response: ServerResponse;
  readonly #port: PortState;
  readonly #connection: Connection;
  readonly #request: IncomingMessage;
  readonly #sendContinue: boolean;
  #head: RequestHead | undefined;
  #admission: Admission | undefined;
  /** What this exchange holds of the bytes that may wait: the body, and then a large answer. */
  #share: ByteShare | undefined;
  /** The handler has the body, and holds it also when the client goes away. */
  #isHandled = false;

  constructor(
    port: PortState,
    connection: Connection,
    request: IncomingMessage,
    response: ServerResponse,
    sendContinue: boolean,
  ) {
    this.#port = port;
    this.#connection = connection;
    this.#request = request;
    this.response = response;
    this.#sendContinue = sendContinue;
  }

  /** Called when it is the turn of this request. */
  serve(): void {
    const { handler, waiting, pacer, connections, timeoutMs, isDraining } = this.#port;
    const [request, { peer, reading }] = [this.#request, this.#connection];
    // Set-Cookie alone would be an array, and it is no request header.
    const headers = request.headers as Headers;
    const head: RequestHead = { method: request.method ?? '', target: request.url ?? '', headers, peer };
    this.#head = head;
    const problem = problemOfHost(request);
    if (problem !== undefined) {
      sendUnread(request, this.response, handler.refuse(head, 400, problem), { close: true, timeoutMs });
      return;
    }
    const decision = handler.admit(head);
    if ('status' in decision) {
      connections.send(() => sendUnread(request, this.response, decision, { close: isDraining, timeoutMs }));
      return;
    }
    this.#admission = decision;
    // Taken as they arrive: announced bytes that never come would keep others out.
    if (!waiting.hasRoom(Number(headers['content-length'] ?? 0))) {
      this.noRoom();
      return;
    }
    if (this.#sendContinue) this.response.writeContinue();
    const share = waiting.share();
    this.#share = share;
    pacer.pace(request, reading);
    const { maxBytes, coding, alignAt } = decision;
    readBody(request, { maxBytes, share, coding, alignAt }, this);
  }

  /** The whole body is here. */
  done(body: Buffer): void {
    const { method, target, headers, peer } = this.#head as RequestHead;
    const admission = this.#admission as Admission;
    const { signal } = this.#connection.gone;
    const asked: Request = { method, target, headers, peer, body, freeBody: () => freeBytes(body), signal, admission };
    this.#isHandled = true;
    this.#port.handler.handle(asked).then(
      (given) => {
        // Nobody reads it any more: a success is computed. Of a failure that is not certain, a run may go on.
        if (given.status === 200) freeBytes(body);
        this.#answer(given);
      },
      () => this.#giveUp(),
    );
  }

  tooLarge(): void {
    const { maxBytes } = this.#admission as Admission;
    this.#refuse(413, `the body is larger than ${maxBytes} bytes (limits.bodyBytes)`);
  }

  noRoom(): void {
    this.#refuse(503, 'too many bytes of requests wait (limits.queueBytes); try again later');
  }

  malformed(): void {
    const { coding } = this.#admission as Admission;
    this.#refuse(400, `the body is not valid ${coding}, which its Content-Encoding says it is`);
  }

  /** The answer was sent, or the client has gone. */
  closed(): void {
    if (!this.#isHandled) this.#share?.release();
  }

  #refuse(status: number, message: string): void {
    this.#share?.release();
    const { handler, timeoutMs } = this.#port;
    const refusal = handler.refuse(this.#head, status, message);
    sendUnread(this.#request, this.response, refusal, { close: true, timeoutMs });
  }

  #answer(given: Response): void {
    const size = bodyBytes(given);
    if (size < SMALLEST_COMPRESSED) {
      this.#deliver(given, size);
      return;
    }
    const { method, headers } = this.#head as RequestHead;
    const coded = compressResponse(given, method === 'HEAD' ? undefined : headers['accept-encoding']);
    if (!(coded instanceof Promise)) this.#deliver(coded, size);
    else
      coded.then(
        (compressed) => this.#deliver(compressed, bodyBytes(compressed)),
        () => this.#giveUp(),
      );
  }

  #deliver(given: Response, size: number): void {
    const { connections, outgoing, spareTime } = this.#port;
    if (outgoing.isFull(size)) spareTime.do(() => connections.send(() => this.#write(given, size)));
    else if (connections.isHolding) connections.send(() => this.#write(given, size));
    else this.#write(given, size);
  }

  #write(given: Response, size: number): void {
    const { response } = this;
    if (!response.destroyed && !response.headersSent) {
      const { handler, timeoutMs, isDraining } = this.#port;
      const share = this.#share as ByteShare;
      // Alone, an answer of any size may wait for its reader.
      const fits = size <= SMALL_ANSWER || share.reach(size) || share.isOnly();
      const full = 'too many bytes of answers wait for their readers (limits.queueBytes); try again later';
      const sent = fits ? given : handler.refuse(this.#head, 503, full);
      try {
        send(response, sent, { close: isDraining, timeoutMs, size: fits ? size : bodyBytes(sent) });
      } catch {
        // A header that node:http refuses to write: nothing can be answered any more.
        this.#request.socket.destroy();
      }
    }
    this.#finish();
  }

  #giveUp(): void {
    this.#request.socket.destroy();
    this.#finish();
  }

  /** From now on the bytes are held for whoever reads the answer. */
  #finish(): void {
    this.#isHandled = false;
    if (this.response.destroyed) this.#share?.release();
  }
}

/** One and no more: servers in a row that each read another one would not agree on whom a request is for. */
function problemOfHost({ rawHeaders, headers: { host }, httpVersion }: IncomingMessage): string | undefined {
  let count = 0;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] as string;
    if (name.length === 4 && name.toLowerCase() === 'host') count++;
  }
  if (count > 1) return 'there is more than one Host header';
  if (host === undefined) return httpVersion === '1.1' ? 'the Host header is missing' : undefined;
  return /[\s/?#@\\]/.test(host) ? 'the Host header is not the name of a host' : undefined;
}
