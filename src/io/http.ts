/** Handler × options → an open HTTP port. Owns sockets and time limits; what a request means is the handler's business. */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { Listener, ListenOptions } from '../ports.ts';
import type { Handler, Headers, Peer, RequestHead } from '../server/contract.ts';
import { ByteBudget } from './byte-budget.ts';
import { ChunkPacer } from './chunk-pacer.ts';
import { Connections } from './connections.ts';
import { Exchange, type PortState } from './exchange.ts';
import { fileLimit } from './file-limit.ts';
import { sendRaw, sendUnread } from './http-response.ts';
import { makeServer } from './http-server.ts';
import { openPort } from './open-port.ts';
import { certificateOf } from './peer-certificate.ts';
import { SpareTime, TurnBudget } from './spare-time.ts';

/** Bytes of answers in one turn of the event loop; what is more can wait for the next. */
const MOST_IN_TURN = 512 * 1024;

/** Besides connections: models, worker threads, logs, and whatever a reload opens. Past the limit of the system nobody could be let in. */
const OTHER_FILES = 100;

/** Throws PORT_IN_USE, and CONFIG_INVALID where the address cannot be listened on or the TLS credentials cannot be used. */
export async function listen(handler: Handler, options: ListenOptions): Promise<Listener> {
  const { server, replaceTls } = await makeServer(options);
  const { requestTimeoutMs: timeoutMs } = options;
  const spareTime = new SpareTime();
  const most = Math.min(options.connections, Math.max(1, (await fileLimit()) - OTHER_FILES));
  const connections = new Connections(most, spareTime);
  const state: PortState = {
    handler,
    connections,
    waiting: new ByteBudget(options.queueBytes),
    pacer: new ChunkPacer(spareTime),
    spareTime,
    outgoing: new TurnBudget(MOST_IN_TURN),
    timeoutMs,
    isDraining: false,
  };

  acceptFrom(server, connections);

  const onRequest = (request: IncomingMessage, response: ServerResponse, sendContinue: boolean): void => {
    const connection = connections.get(request.socket);
    if (connection !== undefined)
      connections.begin(connection, new Exchange(state, connection, request, response, sendContinue));
  };
  server.on('request', (request, response) => onRequest(request, response, false));
  server.on('checkContinue', (request, response) => onRequest(request, response, true));
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
    const under = connection?.exchange?.response;
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

  await openPort(server, options, '--port');
  const { address, port } = server.address() as AddressInfo;
  return {
    host: address,
    port,
    replaceTls,
    drain: () => {
      state.isDraining = true;
    },
    close: (graceMs) => {
      state.isDraining = true;
      return connections.close(server, graceMs);
    },
  };
}

const BAD_REQUEST = { status: 400, message: 'the request is not valid HTTP' };
const CLIENT_ERRORS = new Map([
  ['HPE_HEADER_OVERFLOW', { status: 431, message: 'the request headers are too large' }],
  ['HPE_CHUNK_EXTENSIONS_OVERFLOW', { status: 413, message: 'the chunk extensions are too large' }],
  ['ERR_HTTP_REQUEST_TIMEOUT', { status: 408, message: 'the request took too long to arrive' }],
]);

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
