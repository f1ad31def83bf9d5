/** A project → nothing, when `validate --frozen` finds no error in it; else the error that stands for its findings. */
import { join } from 'node:path';
import { MlserveError } from '../errors.ts';
import type { Io } from '../ports.ts';
import { validate } from './validate.ts';

/** Throws LOCK_MISSING, LOCK_MISMATCH or MODEL_INVALID, and what `validate` throws. */
export async function requireValid(target: string, io: Io): Promise<void> {
  const { issues } = await validate({ target, frozen: true, run: true }, io);
  const errors = issues.filter(({ severity }) => severity === 'error');
  if (errors.length === 0) return;
  const isLock = errors.every(({ rule }) => rule.startsWith('lock.'));
  const isMissing = errors.some(({ rule }) => rule === 'lock.absent');
  const code = isMissing ? 'LOCK_MISSING' : isLock ? 'LOCK_MISMATCH' : 'MODEL_INVALID';
  throw new MlserveError(code, 'no image is made of a project that does not validate', {
    where: join(io.cwd, target),
    issues: errors,
    hint: 'correct the findings above; "mlserve validate --frozen" shows them again',
  });
}
