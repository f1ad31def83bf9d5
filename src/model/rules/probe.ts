/** Result of the probe → its finding: MSV030 to MSV034, none for a model that ran. */
import type { Issue } from '../../issue.ts';
import type { ProbeResult } from '../../ports.ts';
import { plain } from './quote.ts';
import { finding, type RuleId } from './table.ts';

const RULE_OF = {
  'load-failed': 'MSV030',
  'run-failed': 'MSV031',
  timeout: 'MSV032',
  memory: 'MSV033',
  crashed: 'MSV034',
} as const satisfies Record<Exclude<ProbeResult['status'], 'ok'>, RuleId>;

export function judgeProbe(result: ProbeResult, file: string): readonly Issue[] {
  if (result.status === 'ok') return [];
  return [finding(RULE_OF[result.status], file, plain(result.message))];
}
