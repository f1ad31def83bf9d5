/** A service about to start → what its log says first, and the log whose lines carry the identity of its first model. */
import { LOCK_FILE } from '../lock/lockfile.ts';
import type { Log } from '../ports.ts';
import type { InProcess } from './in-process.ts';
import type { Target } from './open-target.ts';

/** `isForPeople`: lines without identity, for somebody who sees the models listed. */
export function logStart(log: Log, { spec, lock, isBare }: Target, service: InProcess, isForPeople: boolean): Log {
  const logOf = (name: string | undefined): Log => {
    const found = service.models.find((model) => model.spec.name === name);
    if (isForPeople || found === undefined) return log;
    return log.child({ model: found.spec.name, version: found.spec.version, digest: found.fingerprint.model });
  };
  const ownLog = logOf(spec.models[0]?.name);
  for (const { model, severity, where, message } of service.issues) {
    logOf(model)[severity === 'info' ? 'info' : 'warn'](`${where}: ${message}`);
  }
  if (lock === undefined && !isBare) {
    ownLog.warn(`there is no ${LOCK_FILE}, so nobody knows whether these are the agreed models: run "mlserve lock"`);
  }
  return ownLog;
}
