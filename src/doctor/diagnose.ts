/** What was seen → every check, and those that are errors as findings. Pure. */
import type { Issue } from '../issue.ts';
import type { Check } from './check.ts';
import { checkMachine } from './check-machine.ts';
import { checkProject } from './check-project.ts';
import type { Snapshot } from './snapshot.ts';

export interface Diagnosis {
  readonly checks: readonly Check[];
  /** Of errors alone: warnings are about what may never be needed here. */
  readonly issues: readonly Issue[];
}

export function diagnose(seen: Snapshot, where: string): Diagnosis {
  const checks = [...checkMachine(seen), ...checkProject(seen.project)];
  const issues = checks.flatMap(({ name, state, message, hint }): readonly Issue[] => {
    if (state !== 'error') return [];
    const issue = { rule: `doctor.${name}`, severity: 'error', where, message } as const;
    return [hint === undefined ? issue : { ...issue, hint }];
  });
  return { checks, issues };
}
