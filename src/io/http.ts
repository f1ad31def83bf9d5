/** Handler × options → an open HTTP port. Owns sockets and time limits; what a request means is the handler's business. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { MlserveError } from '../errors.ts';
import type { Listener, ListenOptions } from '../ports.ts';
import type { Handler, Headers, RequestHead, Response } from '../server/contract.ts';
import { ByteBudget } from './byte-budget.ts';
import { compressResponse } from './compress.ts';
import { readBody } from './http-body.ts';
import { send, sendRaw, sendUnread } from './http-response.ts';
import { findPortHolder } from './port-holder.ts';

/** Longer than the idle time of the usual load balancers, so that they close first and never write into a closing connection. */
const KEEP_ALIVE_MS = 65_000;
/** How long a connection that has asked nothing yet may stay once the port closes: its request may be on the way. */
const FRESH_MS = 500;

interface Connection {
  readonly socket: Socket;
  /** Aborted when the client goes away; one for all requests of the connection, which come one after another. */
  readonly gone: AbortController;
  /** The response under way. */
  response: ServerResponse | undefined;
  isFresh: boolean;
}

/** Throws PORT_IN_USE, and CONFIG_INVALID where the address cannot be listened on. */
export async function listen(handler: Handler, options: ListenOptions): Promise<Listener> {
  const headersTimeout = Math.min(options.headersTimeoutMs, options.requestTimeoutMs);
  const server = createServer({
    headersTimeout,
    requestTimeout: options.requestTimeoutMs,
    keepAliveTimeout: KEEP_ALIVE_MS,
    connectionsCheckingInterval: Math.min(1000, Math.ceil(headersTimeout / 4)),
    // node:http would answer by itself, without our headers.
    requireHostHeader: false,
  });
  server.maxConnections = options.connections;
  const connections = new Map<Socket, Connection>();
  const waiting = new ByteBudget(options.queueBytes);
  let isClosing = false;

  server.on('connection', (socket: Socket) => {
    const connection = { socket, gone: new AbortController(), response: undefined, isFresh: true };
    connections.set(socket, connection);
    socket.once('close', () => {
      connections.delete(socket);
      connection.gone.abort();
    });
  });

  const serve = (request: IncomingMessage, response: ServerResponse, onAdmitted?: () => void): void => {
    const connection = connections.get(request.socket);
    if (connection === undefined) return;
    connection.response = response;
    connection.isFresh = false;
    // Set-Cookie alone would be an array, and it is no request header.
    const head: RequestHead = {
      method: request.method ?? '',
      target: request.url ?? '',
      headers: request.headers as Headers,
    };
    const decision =
      head.headers.host === undefined && request.httpVersion === '1.1'
        ? handler.refuse(head, 400, 'the Host header is missing')
        : handler.admit(head);
    if ('status' in decision) {
      sendUnread(request, response, decision, isClosing);
      return;
    }
    const share = waiting.share();
    const refuse = (status: number, message: string): void => {
      share.release();
      sendUnread(request, response, handler.refuse(head, status, message), true);
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
    const deliver = (answer: Response): void => {
      if (!response.destroyed && !response.headersSent) send(response, answer, isClosing);
    };
    // The client may go away before its body is here; afterwards the work on it holds the bytes.
    response.once('close', share.release);
    readBody(
      request,
      { maxBytes, share, coding, alignAt },
      {
        done: (body) => {
          response.off('close', share.release);
          const { method, target, headers } = head;
          handler
            .handle({ method, target, headers, body, signal: connection.gone.signal })
            .then((answer) => {
              const coded = compressResponse(answer, accepted);
              if (coded instanceof Promise) return coded.then(deliver);
              deliver(coded);
              return undefined;
            })
            // A header that node:http refuses to write: nothing can be answered any more.
            .then(share.release, () => {
              share.release();
              request.socket.destroy();
            });
        },
        tooLarge: () => refuse(413, `the body is larger than ${maxBytes} bytes (limits.bodyBytes)`),
        noRoom,
        malformed: () => refuse(400, `the body is not valid ${coding}, which its Content-Encoding says it is`),
      },
    );
  };
  server.on('request', (request, response) => serve(request, response));
  server.on('checkContinue', (request, response) => serve(request, response, () => response.writeContinue()));
  server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) => {
    const head = { method: request.method ?? '', target: request.url ?? '', headers: request.headers as Headers };
    sendUnread(request, response, handler.refuse(head, 417, 'only the expectation 100-continue is supported'), true);
  });
  // Node hands over the bare socket: there is no response object to answer through.
  server.on('connect', (request: IncomingMessage, socket: Socket) => {
    const head = { method: 'CONNECT', target: request.url ?? '', headers: request.headers as Headers };
    sendRaw(socket, handler.refuse(head, 405, 'CONNECT is not supported'));
  });
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    const under = connections.get(socket)?.response;
    // Bytes of a response may be out: another one would corrupt it.
    const isMidway = under?.headersSent === true && !under.writableFinished;
    if (!socket.writable || error.code === 'ECONNRESET' || isMidway) {
      socket.destroy();
      return;
    }
    const { status, message } = CLIENT_ERRORS.get(error.code ?? '') ?? BAD_REQUEST;
    sendRaw(socket, handler.refuse(undefined, status, message));
  });

  await open(server, options);
  const { address, port } = server.address() as AddressInfo;
  return {
    host: address,
    port,
    close: (timeoutMs) => {
      isClosing = true;
      return closeServer(server, connections, timeoutMs);
    },
  };
}

const BAD_REQUEST = { status: 400, message: 'the request is not valid HTTP' };
const CLIENT_ERRORS = new Map([
  ['HPE_HEADER_OVERFLOW', { status: 431, message: 'the request headers are too large' }],
  ['HPE_CHUNK_EXTENSIONS_OVERFLOW', { status: 413, message: 'the chunk extensions are too large' }],
  ['ERR_HTTP_REQUEST_TIMEOUT', { status: 408, message: 'the request took too long to arrive' }],
]);

async function open(server: Server, { host, port }: ListenOptions): Promise<void> {
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
      const hint = 'choose another port with --port, or --port 0 for any free one';
      throw new MlserveError('PORT_IN_USE', `Port ${port} is taken by ${by}.`, { where, hint, cause });
    }
    const reason = code === 'EACCES' ? 'this user may not open that port' : `no such address here (${code})`;
    const hint = 'choose another port with --port, or another address with --host';
    throw new MlserveError('CONFIG_INVALID', `Cannot listen: ${reason}.`, { where, hint, cause });
  }
}

function closeServer(server: Server, connections: ReadonlyMap<Socket, Connection>, timeoutMs: number): Promise<void> {
  const isIdle = ({ response }: Connection): boolean => response === undefined || response.writableFinished;
  const cut = (which: (connection: Connection) => boolean): void => {
    for (const connection of connections.values()) if (which(connection)) connection.socket.destroy();
  };
  return new Promise((resolve) => {
    const fresh = setTimeout(() => cut(isIdle), Math.min(FRESH_MS, timeoutMs));
    const last = setTimeout(() => cut(() => true), timeoutMs);
    server.close(() => {
      clearTimeout(fresh);
      clearTimeout(last);
      resolve();
    });
    cut((connection) => isIdle(connection) && !connection.isFresh);
  });
}
