/** Result of the probe → its finding: MSV030 to MSV035, none for a model that ran. */
import type { Issue } from '../../issue.ts';
import type { ProbeResult } from '../../ports.ts';
import { type Signature, tensorsOf } from '../signature.ts';
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

/** `signature` of the model tells how much a failure on made-up inputs proves. */
export function judgeProbe(result: ProbeResult, file: string, signature: Signature): readonly Issue[] {
  if (result.status === 'ok') return [];
  const message = plain(result.message);
  // skl2onnx text models ask for en_US.UTF-8 unless told otherwise; slim images and CI machines do not have it.
  if (/locale/i.test(message)) return [finding(RULE_OF[result.status], file, message, LOCALE_FIX)];
  if (result.status === 'run-failed' && !isKnownInFull(signature)) return [finding('MSV035', file, message)];
  return [finding(RULE_OF[result.status], file, message)];
}

/** Sizes, indices and labels carry meaning that zeros do not have; floating numbers of a fixed shape are data like any other. */
function isKnownInFull(signature: Signature): boolean {
  return tensorsOf(signature.inputs).every(
    ({ elementType, shape }) =>
      /^(float|bool)/.test(elementType) && (shape?.slice(1).every((dim) => typeof dim === 'number') ?? false),
  );
}
