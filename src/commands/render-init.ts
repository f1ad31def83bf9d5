/** The result of `mlserve init` → what was written and what to do next. Pure. */
import { join } from 'node:path';
import { shellWord } from '../manifests/formats/shell-word.ts';
import type { StagedFile } from '../ports.ts';
import type { InitResult } from './init.ts';

export function renderInit({ dir, files, dryRun }: InitResult): string {
  if (files.every(({ state }) => state === 'same')) return `${dir} is up to date: nothing to write`;
  const lines = files.map((file) => `  ${STATES[file.state]}  ${join(dir, file.path)}  (${file.bytes} bytes)`);
  if (dryRun) return [`would write ${dir} (--dry-run)`, ...lines].join('\n');
  const next = dir === '.' ? [] : [`  cd ${shellWord(dir)}`];
  return [`made ${dir}`, ...lines, '', 'next:', ...next, '  mlserve validate', '  mlserve serve'].join('\n');
}

const STATES: Readonly<Record<StagedFile['state'], string>> = {
  new: 'new      ',
  different: 'replaced ',
  same: 'unchanged',
};
