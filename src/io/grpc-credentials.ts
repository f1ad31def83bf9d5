/** What a gRPC port is secured with: the one place where its credentials are made, and made anew. */
import { createSecureContext, type SecureContextOptions } from 'node:tls';
import type { ServerCredentials } from '@grpc/grpc-js';
import type { TlsCredentials } from '../server/auth/tls-credentials.ts';
import type { Grpc } from './grpc-library.ts';

export interface GrpcCredentials {
  readonly credentials: ServerCredentials;
  /** For connections from now on. Throws where the credentials cannot be used, and keeps the old ones. */
  readonly replace: (tls: TlsCredentials) => void;
}

/** `handshakeMs`: for a client to agree on the encryption. */
export function grpcCredentials(grpc: Grpc, tls: TlsCredentials | undefined, handshakeMs: number): GrpcCredentials {
  if (tls === undefined) return { credentials: grpc.ServerCredentials.createInsecure(), replace: () => {} };
  const requestCert = tls.clientCa !== undefined;
  // As on the HTTP port, who shows no certificate may still ask for the health of the service; the library's own credentials know no such middle.
  class TlsServerCredentials extends grpc.ServerCredentials {
    _equals(other: ServerCredentials): boolean {
      return other === this;
    }

    replace(next: TlsCredentials): void {
      createSecureContext(contextOf(next));
      this.updateSecureContextOptions(contextOf(next));
    }
  }
  const options = { requestCert, rejectUnauthorized: false, handshakeTimeout: handshakeMs };
  const credentials = new TlsServerCredentials(options, contextOf(tls));
  return { credentials, replace: (next) => credentials.replace(next) };
}

function contextOf({ cert, key, clientCa }: TlsCredentials): SecureContextOptions {
  return { cert, key, ...(clientCa !== undefined && { ca: clientCa }) };
}
