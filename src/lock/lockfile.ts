/** Text of `mlserve.lock` ↔ `Lock`. The same lock always gives the same bytes. */
import { createHash } from 'node:crypto';
import { MlserveError } from '../errors.ts';
import { digestOf } from '../model/canonical-text.ts';
import type { Digest } from '../model/fingerprint.ts';
import { canonicalJson, type JsonValue } from './canonical-json.ts';
import type { Lock } from './lock.ts';
import { findLockProblem } from './lock-shape.ts';
import { withoutMeasurements } from './measurement.ts';

export const LOCK_FILE = 'mlserve.lock';
const VERSION = 1;

/** JSON with sorted keys, two spaces a level, one line end at the end. */
export function formatLock(lock: Lock): string {
  return `${canonicalJson(lock as unknown as JsonValue, 2)}\n`;
}

/** Throws LOCK_UNREADABLE for text that is damaged, or that another version of mlserve wrote. `where` names the file. */
export function parseLock(text: string, where = LOCK_FILE): Lock {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    const isConflict = /^(<{7}|={7}|>{7})/m.test(text);
    const what = isConflict ? 'the lock holds conflict markers' : 'the lock is damaged: it is not JSON';
    throw unreadable(what, where, cause);
  }
  const version = typeof value === 'object' && value !== null ? (value as Partial<Lock>).lockfileVersion : undefined;
  if (typeof version === 'number' && version !== VERSION) {
    throw new MlserveError(
      'LOCK_UNREADABLE',
      `the lock has format version ${version}, and this mlserve reads ${VERSION}`,
      {
        where,
        hint: 'use the version of mlserve that wrote it, or delete it and run "mlserve lock"',
      },
    );
  }
  const problem = findLockProblem(value);
  if (problem !== undefined) throw unreadable(`the lock is damaged: ${problem}`, where);
  return value as Lock;
}

/** Of the file, with the line ends that mlserve writes, without what was measured: to measure again must not make another image of the same model. */
export function digestOfLock(lock: Lock): Digest {
  return digestOf(
    createHash('sha256')
      .update(formatLock(withoutMeasurements(lock)))
      .digest('hex'),
  );
}

function unreadable(message: string, where: string, cause?: unknown): MlserveError {
  return new MlserveError('LOCK_UNREADABLE', message, {
    where,
    hint: 'restore it from version control, or delete it and run "mlserve lock"',
    ...(cause === undefined ? {} : { cause }),
  });
}
