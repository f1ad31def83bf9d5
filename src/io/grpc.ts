/** Handler × options → an open gRPC port. Owns sockets, limits and the end of connections; what a call means is the handler's business. */
import type { Http2Server, Http2Session } from 'node:http2';
import { type AddressInfo, createServer, type Server as NetServer } from 'node:net';
import type { Server } from '@grpc/grpc-js';
import type { GrpcListenOptions, Listener } from '../ports.ts';
import type { GrpcHandler } from '../server/grpc/contract.ts';
import { ByteBudget } from './byte-budget.ts';
import { registerCalls } from './grpc-calls.ts';
import { GrpcConnections } from './grpc-connections.ts';
import { grpcCredentials } from './grpc-credentials.ts';
import { loadDefinitions } from './grpc-definitions.ts';
import { loadGrpcLibrary } from './grpc-library.ts';
import { GrpcStreams } from './grpc-streams.ts';
import { openPort } from './open-port.ts';

/** Calls of one connection at a time; clients keep the rest until there is room. */
const MOST_CALLS = 1000;
/** A connection that does not answer a ping, sent when it has been quiet for so long, is dead. */
const PING_AFTER_MS = 60_000;
const PING_TIMEOUT_MS = 20_000;
/** How long a client may take to hear that it should send no more. */
const FAREWELL_MS = 500;
const LAST_STREAM = 2 ** 31 - 1;
/** Between the refusal of what is left and the end of its connections. */
const LAST_WORD_MS = 50;

/** Throws PORT_IN_USE, and CONFIG_INVALID where the address cannot be listened on. */
export async function listenGrpc(handler: GrpcHandler, options: GrpcListenOptions): Promise<Listener> {
  const { grpc, protoLoader } = loadGrpcLibrary();
  const server = new grpc.Server({
    'grpc.max_receive_message_length': options.bodyBytes,
    'grpc.max_send_message_length': -1,
    'grpc.max_concurrent_streams': MOST_CALLS,
    'grpc.keepalive_time_ms': PING_AFTER_MS,
    'grpc.keepalive_timeout_ms': PING_TIMEOUT_MS,
    // Statistics of connections that nobody reads here cost a tenth of the throughput.
    'grpc.enable_channelz': 0,
  });
  const budget = new ByteBudget(options.queueBytes);
  const connections = new GrpcConnections(options.connections);
  const { requestTimeoutMs } = options;
  const streams = new GrpcStreams({ handler, budget, connections, requestTimeoutMs });
  registerCalls(server, { handler, definitions: loadDefinitions(protoLoader), streams });
  const { credentials, replace } = grpcCredentials(grpc, options.tls, options.headersTimeoutMs);
  const injector = server.createConnectionInjector(credentials);
  for (const http2 of http2ServersOf(server)) {
    streams.watch(http2);
    http2.on('session', (session) => connections.open(session));
  }
  const port = createServer((socket) => {
    connections.accept(socket);
    injector.injectConnection(socket);
  });
  await openPort(port, options, '--grpc-port');
  const { address, port: number } = port.address() as AddressInfo;
  return {
    host: address,
    port: number,
    // Clients hear of it when the port closes, in a way that loses no call; sooner they would only come back.
    drain: () => {},
    replaceTls: replace,
    close: async (timeoutMs) => {
      await close({ port, server, connections, streams }, timeoutMs);
      streams.stop();
    },
  };
}

/** grpc-js (1.14) makes an HTTP/2 server for each way to connect and shows it to nobody. */
function http2ServersOf(server: Server): Iterable<Http2Server> {
  return (server as unknown as { readonly http2Servers: ReadonlyMap<Http2Server, unknown> }).http2Servers.keys();
}

interface Open {
  readonly port: NetServer;
  readonly server: Server;
  readonly connections: GrpcConnections;
  readonly streams: GrpcStreams;
}

/** Stops accepting, tells clients to send no more, answers what they had sent, then closes. */
async function close({ port, server, connections, streams }: Open, timeoutMs: number): Promise<void> {
  port.close();
  await Promise.all(connections.sessions.map((session) => farewell(session, Math.min(FAREWELL_MS, timeoutMs))));
  streams.finish();
  const last = setTimeout(() => streams.refuseAll(), timeoutMs);
  await within(streams.allClosed(), timeoutMs + LAST_WORD_MS);
  clearTimeout(last);
  // Only now: on Node 24 the library takes a server that never listened itself for one without connections.
  server.tryShutdown(() => {});
  for (const session of connections.sessions) session.close();
  await within(connections.allClosed(), LAST_WORD_MS);
  connections.cut();
}

function within(work: Promise<void>, ms: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    void work.then(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}

/** Calls that cross the word on its way are still taken: when the client has answered the ping behind it, none are under way any more. */
function farewell(session: Http2Session, timeoutMs: number): Promise<void> {
  return new Promise((resolve) => {
    const late = setTimeout(resolve, timeoutMs);
    const done = (): void => {
      clearTimeout(late);
      resolve();
    };
    session.once('close', done);
    try {
      session.goaway(0, LAST_STREAM);
      session.ping(done);
    } catch {
      // Closed or about to be.
      done();
    }
  });
}
