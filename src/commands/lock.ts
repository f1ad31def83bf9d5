/** `mlserve lock`: a project → `mlserve.lock` written, or compared with what is on disk. */
import { join } from 'node:path';
import { type Issue, renderIssues } from '../issue.ts';
import { absentLock, lockMissing } from '../lock/absent-lock.ts';
import { findDrift } from '../lock/drift.ts';
import { lostMeasurements, withMeasurements } from '../lock/keep-measurements.ts';
import type { LockedModel } from '../lock/lock.ts';
import { formatLock, LOCK_FILE } from '../lock/lockfile.ts';
import type { Io } from '../ports.ts';
import { currentLock } from './current-lock.ts';
import { openProject } from './project.ts';

export interface LockOptions {
  readonly project: string;
  /** Compare and never write. */
  readonly check: boolean;
  /** The same, and a missing lock is LOCK_MISSING. */
  readonly frozen: boolean;
  readonly dryRun: boolean;
}

export interface LockResult {
  /** The lock, relative to the project folder. */
  readonly path: string;
  readonly status: 'created' | 'updated' | 'unchanged' | 'drifted' | 'planned';
  /** Errors when only comparing, information when the lock was written or planned. */
  readonly issues: readonly Issue[];
  readonly models: readonly Pick<LockedModel, 'name' | 'version' | 'path' | 'digests'>[];
}

export async function lock({ project: dir, check, frozen, dryRun }: LockOptions, io: Io): Promise<LockResult> {
  const project = await openProject(dir, {}, io);
  if (frozen && project.lock === undefined) throw lockMissing(dir);
  const measured = project.lock?.measurements ?? [];
  const next = withMeasurements(await currentLock(project, io), measured);
  const models = next.models.map(({ name, version, path, digests }) => ({ name, version, path, digests }));
  const text = formatLock(next);
  const path = join(project.dir, LOCK_FILE);
  const changes = project.lock === undefined ? [absentLock('error')] : findDrift(project.lock, next);
  const result = { path: LOCK_FILE, models };
  if (check || frozen) return { ...result, status: changes.length > 0 ? 'drifted' : 'unchanged', issues: changes };
  // Compared as text, so that a lock somebody reformatted is put right.
  if (project.lock !== undefined && (await io.files.readText(path)) === text) {
    return { ...result, status: 'unchanged', issues: [] };
  }
  const accepted = project.lock === undefined ? [] : changes.map((change) => acceptedChange(change, dryRun));
  const issues = [...accepted, ...lostMeasurements(next, measured)];
  if (dryRun) return { ...result, status: 'planned', issues };
  await io.files.writeAtomic(path, text);
  return { ...result, status: project.lock === undefined ? 'created' : 'updated', issues };
}

/** Written, there is nothing left to do about it. */
function acceptedChange({ hint, ...change }: Issue, dryRun: boolean): Issue {
  return { ...change, severity: 'info', ...(dryRun && hint !== undefined && { hint }) };
}

/** What changed, one finding a line, then what became of the lock. Pure. */
export function renderLock({ path, status, issues, models }: LockResult): string {
  const verdicts = {
    created: `${path} written`,
    updated: `${path} updated`,
    unchanged: `${path} is up to date`,
    planned: `${path} would be written (--dry-run)`,
    drifted: `${path} does not match what is on disk`,
  };
  const lines = models.map(({ name, version, digests }) => `  ${name} ${version}  ${digests.model}`);
  return [...(issues.length > 0 ? [renderIssues(issues)] : []), ...lines, verdicts[status]].join('\n');
}
