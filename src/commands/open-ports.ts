/** A service about to start → its open ports, as one: where they are, and how they drain and close together. */
import type { Io, Listener, Log } from '../ports.ts';
import type { TlsCredentials } from '../server/auth/tls-credentials.ts';
import type { ReplaceableHandler } from '../server/contract.ts';
import type { ServiceSpec } from '../service/spec.ts';

export interface OpenPorts {
  /** Of the HTTP port: `http://127.0.0.1:8080`. */
  readonly url: string;
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
  io: Pick<Io, 'listen'>,
  log: Log,
): Promise<OpenPorts> {
  const { host, port, metricsPort } = spec.server;
  const options = { host, ...spec.limits, tls };
  const main = await io.listen(handler, { ...options, port });
  const listeners: Listener[] = [main];
  const close = async (timeoutMs: number): Promise<void> => {
    await Promise.all(listeners.map((listener) => listener.close(timeoutMs)));
  };
  const models = spec.models.map((model) => model.name).join(',');
  log.info('listening', { url: urlOf(main, tls), models });
  if (metricsPort !== 'off') {
    try {
      const metrics = await io.listen(handler.metricsPort, { ...options, port: metricsPort });
      listeners.push(metrics);
      log.info('listening for /metrics', { url: urlOf(metrics, tls) });
    } catch (error) {
      await close(0);
      throw error;
    }
  }
  return {
    url: urlOf(main, tls),
    drain: () => {
      for (const listener of listeners) listener.drain();
    },
    replaceTls: (credentials) => {
      for (const listener of listeners) listener.replaceTls(credentials);
    },
    close,
  };
}

function urlOf({ host, port }: Listener, tls: TlsCredentials | undefined): string {
  return `${tls === undefined ? 'http' : 'https'}://${host.includes(':') ? `[${host}]` : host}:${port}`;
}
