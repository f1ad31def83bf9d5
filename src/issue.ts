/** One finding of one rule, as data: rules return lists of these and nothing prints them but the terminal. */

import { visible } from './visible.ts';

export type Severity = 'error' | 'warning' | 'info';

export interface Issue {
  /** Stable id of the rule: `MSV0xx` for models, a dotted name (`config.unknown-key`) for everything else. */
  readonly rule: string;
  readonly severity: Severity;
  /** What the finding is about: a file with line and column, an input, a JSON pointer. */
  readonly where: string;
  readonly message: string;
  /** What to do about it; the command to run where there is one. */
  readonly hint?: string;
}

/** Whether any finding is an error: the question every gate asks. */
export function hasErrors(issues: readonly Issue[]): boolean {
  return issues.some((issue) => issue.severity === 'error');
}

/** Findings as text, one block each: `error MSV012 models/a.onnx: message` and the hint below. Names out of files stay harmless. Pure. */
export function renderIssues(issues: readonly Issue[]): string {
  return issues
    .map(({ severity, rule, where, message, hint }) => {
      const head = visible(`  ${severity} ${rule} ${where}: ${message}`);
      return hint === undefined ? head : `${head}\n      fix: ${visible(hint)}`;
    })
    .join('\n');
}
