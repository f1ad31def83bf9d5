/** A project without `mlserve.lock` → the one error and the one finding about it. */
import { MlserveError } from '../errors.ts';
import type { Issue } from '../issue.ts';
import { LOCK_FILE } from './lockfile.ts';

const MESSAGE = `there is no ${LOCK_FILE}`;
const HINT = 'run "mlserve lock" and commit the file';

/** LOCK_MISSING, for commands that cannot do without. `folder` is that of the project. */
export function lockMissing(folder: string): MlserveError {
  return new MlserveError('LOCK_MISSING', MESSAGE, { where: folder, hint: HINT });
}

/** For commands that list findings. */
export function absentLock(severity: 'error' | 'warning'): Issue {
  return { rule: 'lock.absent', severity, where: LOCK_FILE, message: MESSAGE, hint: HINT };
}
