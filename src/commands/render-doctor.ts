/** What `mlserve doctor` found → a line for each check, and the command that puts it right below it. Pure. */
import type { Check } from '../doctor/check.ts';
import { plural } from '../plural.ts';
import type { DoctorResult } from './doctor.ts';

const SIGNS = { ok: '✓', warning: '!', error: '✗' } as const;

export function renderDoctor({ checks, repairs, dryRun }: DoctorResult): string {
  const width = Math.max(...checks.map(({ name }) => name.length));
  const lines = checks.flatMap(({ name, state, message, hint }) => [
    `${SIGNS[state]} ${name.padEnd(width)}  ${message}`,
    ...(hint === undefined ? [] : [`  ${' '.repeat(width)}  fix: ${hint}`]),
  ]);
  const done = repairs.map(({ path, action, why }) => `${dryRun ? `would ${action}` : DONE[action]} ${path}: ${why}`);
  const count = (state: Check['state']): number => checks.filter((check) => check.state === state).length;
  return [...lines, ...done, `${plural(count('error'), 'error')}, ${plural(count('warning'), 'warning')}`].join('\n');
}

const DONE = { write: 'wrote', 'add lines': 'added lines to', remove: 'removed' } as const;
