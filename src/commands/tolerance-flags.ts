/** The texts of `--tolerance` × the members of predictions → how far answers may be from the expected ones. Pure. */
import { MlserveError } from '../errors.ts';
import { closestName } from '../service/closest-name.ts';
import type { ToleranceRule, Tolerances } from '../service/tolerance.ts';
import { parseRule } from '../service/written-tolerance.ts';

/** `exact`, or `score:absolute=0.01` for one output. Later ones go before earlier ones. Throws USAGE. */
export function toleranceFlags(texts: readonly string[], outputs: readonly string[]): Tolerances {
  const members = new Map<string, ToleranceRule>();
  let all: ToleranceRule | undefined;
  for (const text of texts) {
    const colon = text.lastIndexOf(':');
    const rule = parseRule(text.slice(colon + 1));
    if (rule === undefined) {
      const hint = 'give exact, argmax or absolute=0.01,relative=0.001; for one output after its name: score:argmax';
      throw new MlserveError('USAGE', `"${text}" is no tolerance`, { where: '--tolerance', hint });
    }
    if (colon === -1) all = rule;
    else members.set(known(text.slice(0, colon), outputs), rule);
  }
  return { all, members };
}

function known(name: string, outputs: readonly string[]): string {
  if (outputs.includes(name)) return name;
  const meant = closestName(name, outputs);
  const hint = meant === undefined ? `there are: ${outputs.join(', ')}` : `did you mean "${meant}"?`;
  throw new MlserveError('USAGE', `no prediction has an output "${name}"`, { where: '--tolerance', hint });
}
