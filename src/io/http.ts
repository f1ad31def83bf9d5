/** Handler × options → an open HTTP port. Owns sockets and time limits; what a request means is the handler's business. */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { Listener, ListenOptions } from '../ports.ts';
import type { Handler, Headers, Peer, RequestHead, Response } from '../server/contract.ts';
import { ByteBudget } from './byte-budget.ts';
import { ChunkPacer } from './chunk-pacer.ts';
import { bodyBytes, compressResponse } from './compress.ts';
import { type Connection, Connections } from './connections.ts';
import { fileLimit } from './file-limit.ts';
import { readBody } from './http-body.ts';
import { send, sendRaw, sendUnread } from './http-response.ts';
import { makeServer, openPort } from './http-server.ts';
import { SpareTime, TurnBudget } from './spare-time.ts';

/** Answers up to here are not counted among the bytes that wait: most are, and leave at once. */
const SMALL_ANSWER = 65_536;

/** Bytes of answers in one turn of the event loop; what is more can wait for the next. */
const MOST_IN_TURN = 512 * 1024;

/** Besides connections: models, worker threads, logs, and whatever a reload opens. Past the limit of the system nobody could be let in. */
const OTHER_FILES = 100;

/** Throws PORT_IN_USE, and CONFIG_INVALID where the address cannot be listened on or the TLS credentials cannot be used. */
export async function listen(handler: Handler, options: ListenOptions): Promise<Listener> {
  const { server, replaceTls } = await makeServer(options);
  const spareTime = new SpareTime();
  const outgoing = new TurnBudget(MOST_IN_TURN);
  const most = Math.min(options.connections, Math.max(1, (await fileLimit()) - OTHER_FILES));
  const connections = new Connections(most, spareTime);
  const waiting = new ByteBudget(options.queueBytes);
  const pacer = new ChunkPacer(spareTime);
  const { requestTimeoutMs: timeoutMs } = options;
  let isDraining = false;

  acceptFrom(server, connections);

  const onRequest = (request: IncomingMessage, response: ServerResponse, onAdmitted?: () => void): void => {
    const connection = connections.get(request.socket);
    if (connection === undefined) return;
    connections.begin(request.socket, connection, response, () => serve(connection, request, response, onAdmitted));
  };
  const serve = (
    connection: Connection,
    request: IncomingMessage,
    response: ServerResponse,
    onAdmitted: (() => void) | undefined,
  ): void => {
    const head = headOf(request, connection.peer);
    const problem = problemOfHost(request);
    if (problem !== undefined) {
      sendUnread(request, response, handler.refuse(head, 400, problem), { close: true, timeoutMs });
      return;
    }
    const decision = handler.admit(head);
    if ('status' in decision) {
      connections.send(() => sendUnread(request, response, decision, { close: isDraining, timeoutMs }));
      return;
    }
    const share = waiting.share();
    const refuse = (status: number, message: string): void => {
      share.release();
      sendUnread(request, response, handler.refuse(head, status, message), { close: true, timeoutMs });
    };
    const noRoom = (): void => refuse(503, 'too many bytes of requests wait (limits.queueBytes); try again later');
    // Taken as they arrive: announced bytes that never come would keep others out.
    if (!waiting.hasRoom(Number(head.headers['content-length'] ?? 0))) {
      noRoom();
      return;
    }
    onAdmitted?.();
    const { maxBytes, coding, alignAt } = decision;
    const accepted = head.method === 'HEAD' ? undefined : head.headers['accept-encoding'];
    // The client may go away before its body is here; afterwards the work on it holds the bytes, and then the answer until it is taken.
    response.once('close', share.release);
    const write = (given: Response): void => {
      if (response.destroyed || response.headersSent) return;
      const size = bodyBytes(given);
      // Alone, an answer of any size may wait for its reader.
      const fits = size <= SMALL_ANSWER || share.reach(size) || share.isOnly();
      const full = 'too many bytes of answers wait for their readers (limits.queueBytes); try again later';
      const sent = fits ? given : handler.refuse(head, 503, full);
      try {
        send(response, sent, { close: isDraining, timeoutMs });
      } catch {
        // A header that node:http refuses to write: nothing can be answered any more.
        request.socket.destroy();
      }
    };
    const deliver = (given: Response): void => {
      if (outgoing.isFull(bodyBytes(given))) spareTime.do(() => connections.send(() => write(given)));
      else connections.send(() => write(given));
    };
    pacer.pace(request, connection.reading);
    readBody(
      request,
      { maxBytes, share, coding, alignAt },
      {
        done: (body) => {
          response.off('close', share.release);
          const { method, target, headers, peer } = head;
          handler
            .handle({ method, target, headers, peer, body, signal: connection.gone.signal, admission: decision })
            .then((given) => {
              const coded = compressResponse(given, accepted);
              return coded instanceof Promise ? coded.then(deliver) : deliver(coded);
            })
            .catch(() => request.socket.destroy())
            .finally(() => {
              if (response.destroyed) share.release();
              else response.once('close', share.release);
            });
        },
        tooLarge: () => refuse(413, `the body is larger than ${maxBytes} bytes (limits.bodyBytes)`),
        noRoom,
        malformed: () => refuse(400, `the body is not valid ${coding}, which its Content-Encoding says it is`),
      },
    );
  };
  server.on('request', (request, response) => onRequest(request, response));
  server.on('checkContinue', (request, response) => onRequest(request, response, () => response.writeContinue()));
  server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) => {
    const head = headOf(request, connections.get(request.socket)?.peer);
    const refusal = handler.refuse(head, 417, 'only the expectation 100-continue is supported');
    sendUnread(request, response, refusal, { close: true, timeoutMs });
  });
  // Node hands over the bare socket: there is no response object to answer through.
  server.on('connect', (request: IncomingMessage, socket: Socket) => {
    const head = headOf(request, connections.get(socket)?.peer);
    sendRaw(socket, handler.refuse({ ...head, method: 'CONNECT' }, 405, 'CONNECT is not supported'));
  });
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    const connection = connections.get(socket);
    const under = connection?.response;
    // Bytes of a response may be out: another one would corrupt it.
    const isMidway = under?.headersSent === true && !under.writableFinished;
    // Without a connection the TLS handshake has failed: there is nobody to talk to.
    if (connection === undefined || !socket.writable || error.code === 'ECONNRESET' || isMidway) {
      socket.destroy();
      return;
    }
    const { status, message } = CLIENT_ERRORS.get(error.code ?? '') ?? BAD_REQUEST;
    sendRaw(socket, handler.refuse(undefined, status, message));
  });

  await openPort(server, options);
  const { address, port } = server.address() as AddressInfo;
  return {
    host: address,
    port,
    replaceTls,
    drain: () => {
      isDraining = true;
    },
    close: (timeoutMs) => {
      isDraining = true;
      return connections.close(server, timeoutMs);
    },
  };
}

const BAD_REQUEST = { status: 400, message: 'the request is not valid HTTP' };
const CLIENT_ERRORS = new Map([
  ['HPE_HEADER_OVERFLOW', { status: 431, message: 'the request headers are too large' }],
  ['HPE_CHUNK_EXTENSIONS_OVERFLOW', { status: 413, message: 'the chunk extensions are too large' }],
  ['ERR_HTTP_REQUEST_TIMEOUT', { status: 408, message: 'the request took too long to arrive' }],
]);

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

function headOf(request: IncomingMessage, peer: Peer | undefined): RequestHead {
  // Set-Cookie alone would be an array, and it is no request header.
  return { method: request.method ?? '', target: request.url ?? '', headers: request.headers as Headers, peer };
}

/** With TLS, requests come from a socket inside the one that the kernel gave, once they have shaken hands. */
function acceptFrom(server: Server, connections: Connections): void {
  const shaking = new Map<string, Socket>();
  const nameOf = ({ remoteAddress, remotePort }: Socket): string => `${remoteAddress} ${remotePort}`;
  const isTls = 'setSecureContext' in server;
  server.on('connection', (socket: Socket) => {
    connections.accept(socket);
    if (!isTls) {
      connections.open(socket, socket, { address: socket.remoteAddress, certificate: 'none' });
      return;
    }
    const name = nameOf(socket);
    shaking.set(name, socket);
    socket.once('close', () => {
      if (shaking.get(name) === socket) shaking.delete(name);
    });
  });
  server.on('secureConnection', (socket: TLSSocket) => {
    const name = nameOf(socket);
    connections.open(socket, shaking.get(name) ?? socket, {
      address: socket.remoteAddress,
      certificate: certificateOf(socket),
    });
    shaking.delete(name);
  });
}

/** A session that is taken up again counts as authorized also where no certificate was ever shown: so both are asked. */
function certificateOf(socket: TLSSocket): Peer['certificate'] {
  if (socket.getPeerX509Certificate() === undefined) return 'none';
  return socket.authorized ? 'trusted' : 'untrusted';
}
