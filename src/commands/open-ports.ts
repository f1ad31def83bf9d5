/** A service about to start → its open ports, as one: where they are, and how they drain and close together. */
import type { Io, Listener, Log } from '../ports.ts';
import type { TlsCredentials } from '../server/auth/tls-credentials.ts';
import type { ReplaceableHandler } from '../server/contract.ts';
import type { ServiceSpec } from '../service/spec.ts';
import { openGrpc } from './open-grpc.ts';

export interface OpenPorts {
  /** Of the HTTP port: `http://127.0.0.1:8080`. */
  readonly url: string;
  /** `127.0.0.1:8081`; undefined when there is no gRPC. */
  readonly grpc: string | undefined;
  /** From now on every answer is the last of its connection. */
  drain(): void;
  /** For connections from now on. */
  replaceTls(credentials: TlsCredentials): void;
  /** Stops accepting, finishes what is in flight, within `timeoutMs`. */
  close(timeoutMs: number): Promise<void>;
}

/** Throws PORT_IN_USE and CONFIG_INVALID; then none is left open. Says in the log where they are. */
export async function openPorts(
  handler: ReplaceableHandler,
  spec: ServiceSpec,
  tls: TlsCredentials | undefined,
  io: Pick<Io, 'listen' | 'listenGrpc'>,
  log: Log,
): Promise<OpenPorts> {
  const { host, port, metricsPort, grpcPort } = spec.server;
  const options = { host, ...spec.limits, tls };
  const listeners: Listener[] = [];
  const close = async (timeoutMs: number): Promise<void> => {
    await Promise.all(listeners.map((listener) => listener.close(timeoutMs)));
  };
  const open = async (opening: Promise<Listener>): Promise<Listener> => {
    const listener = await opening;
    listeners.push(listener);
    return listener;
  };
  try {
    const main = await open(io.listen(handler, { ...options, port }));
    const models = spec.models.map((model) => model.name).join(',');
    log.info('listening', { url: urlOf(main, tls), models });
    if (metricsPort !== 'off') {
      const metrics = await open(io.listen(handler.metricsPort, { ...options, port: metricsPort }));
      log.info('listening for /metrics', { url: urlOf(metrics, tls) });
    }
    const grpc = grpcPort === 'off' ? undefined : await open(openGrpc(handler, { ...options, port: grpcPort }, io));
    if (grpc !== undefined) log.info('listening for gRPC', { address: addressOf(grpc) });
    return {
      url: urlOf(main, tls),
      grpc: grpc && addressOf(grpc),
      drain: () => {
        for (const listener of listeners) listener.drain();
      },
      replaceTls: (credentials) => {
        for (const listener of listeners) listener.replaceTls(credentials);
      },
      close,
    };
  } catch (error) {
    await close(0);
    throw error;
  }
}

function urlOf(listener: Listener, tls: TlsCredentials | undefined): string {
  return `${tls === undefined ? 'http' : 'https'}://${addressOf(listener)}`;
}

function addressOf({ host, port }: Listener): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}
