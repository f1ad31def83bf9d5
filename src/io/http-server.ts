/** Options → a server for HTTP, or for HTTPS with credentials that can be replaced while it runs. */
import type { Server } from 'node:http';
import process from 'node:process';
import { MlserveError } from '../errors.ts';
import type { ListenOptions } from '../ports.ts';
import type { TlsCredentials } from '../server/auth/tls-credentials.ts';

/** Asked for, not imported: to list the exports of node:http for an import, Node 24 loads its whole HTTP client. */
const { createServer } = process.getBuiltinModule('node:http');

/** Longer than the idle time of the usual load balancers, so that they close first and never write into a closing connection. */
const KEEP_ALIVE_MS = 65_000;

export interface HttpServer {
  readonly server: Server;
  /** For connections from now on; those that are open stay. */
  readonly replaceTls: (credentials: TlsCredentials) => void;
}

/** Nothing is listened on yet. Throws CONFIG_INVALID where the credentials cannot be used. */
export async function makeServer(options: ListenOptions): Promise<HttpServer> {
  const headersTimeout = Math.min(options.headersTimeoutMs, options.requestTimeoutMs);
  const http = {
    headersTimeout,
    requestTimeout: options.requestTimeoutMs,
    keepAliveTimeout: KEEP_ALIVE_MS,
    connectionsCheckingInterval: Math.min(1000, Math.ceil(headersTimeout / 4)),
    // node:http would answer by itself, without our headers.
    requireHostHeader: false,
  };
  if (options.tls === undefined) return { server: createServer(http), replaceTls: () => {} };
  const https = await import('node:https');
  const contextOf = ({ cert, key, clientCa }: TlsCredentials) => ({ cert, key, ...(clientCa && { ca: clientCa }) });
  try {
    const server = https.createServer({
      ...http,
      ...contextOf(options.tls),
      handshakeTimeout: headersTimeout,
      requestCert: options.tls.clientCa !== undefined,
      // Who shows none may still ask for the health of the service; all else is up to the gate.
      rejectUnauthorized: false,
    });
    return { server, replaceTls: (credentials) => server.setSecureContext(contextOf(credentials)) };
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const hint = 'give another certificate and key (tls.cert, tls.key)';
    throw new MlserveError('CONFIG_INVALID', `These TLS credentials cannot be used: ${reason}.`, { hint, cause });
  }
}
