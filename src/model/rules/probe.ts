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

const LOCALE_FIX =
  'install the locale that the model names, here and where it will run, or convert the model again with locale "C" (option "locale" of the text transformer)';

export function judgeProbe(result: ProbeResult, file: string): readonly Issue[] {
  if (result.status === 'ok') return [];
  const message = plain(result.message);
  // skl2onnx text models ask for en_US.UTF-8 unless told otherwise; slim images and CI machines do not have it.
  if (/locale/i.test(message)) return [finding(RULE_OF[result.status], file, message, LOCALE_FIX)];
  return [finding(RULE_OF[result.status], file, message)];
}
