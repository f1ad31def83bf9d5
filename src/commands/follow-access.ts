/** A running service × its files of keys and certificates → both used anew whenever they change. */
import { MlserveError } from '../errors.ts';
import type { Clock, Files, Log } from '../ports.ts';
import { formatError } from '../render-error.ts';
import type { TlsCredentials } from '../server/auth/tls-credentials.ts';
import type { Access, FromFiles } from './open-access.ts';
import type { OpenPorts } from './open-ports.ts';
import { watchFiles } from './watch-files.ts';

const EVERY_MS = 1000;
const DAY_MS = 86_400_000;
/** Enough to renew a certificate in. */
const SOON_DAYS = 14;

export interface FollowedAccess {
  readonly access: Access;
  readonly ports: Pick<OpenPorts, 'replaceTls'>;
  readonly files: Files;
  readonly clock: Clock;
  readonly log: Log;
}

/** What cannot be used is logged with what to do, and the old stays. Returns the function that stops it. */
export function followAccess({ access, ports, files, clock, log }: FollowedAccess): () => void {
  const follow = <T>(what: string, { paths, seen, read }: FromFiles<T>, use: (value: T) => void): (() => void) => {
    if (paths.length === 0) return () => {};
    const onChange = async (): Promise<void> => {
      try {
        use(await read());
        log.info(`${what} read again`);
      } catch (error) {
        const reason = error instanceof MlserveError ? formatError(error) : String(error);
        log.error(`${what} cannot be used, so the old ones still count`, { reason });
      }
    };
    return watchFiles({ paths: () => paths, files, onChange, everyMs: EVERY_MS, known: seen });
  };
  const warnOfEnd = ({ validUntil }: TlsCredentials): void => {
    const days = (validUntil - clock.now()) / DAY_MS;
    if (days < 0) log.warn('the TLS certificate has ended', { days: Math.round(-days) });
    else if (days < SOON_DAYS) log.warn('the TLS certificate ends soon', { days: Math.round(days) });
  };
  if (access.tls.value !== undefined) warnOfEnd(access.tls.value);
  const stopKeys = follow('API keys', access.keys, (keys) => access.gate.replaceKeys(keys ?? []));
  const stopTls = follow('TLS credentials', access.tls, (credentials) => {
    if (credentials === undefined) return;
    ports.replaceTls(credentials);
    warnOfEnd(credentials);
  });
  return () => {
    stopKeys();
    stopTls();
  };
}
