/** Expected × actual predictions of a golden example → findings. */
import type { Issue } from '../issue.ts';
import { type AnswerPair, type Difference, differences } from './compare-answers.ts';

export interface Comparison extends Omit<AnswerPair, 'other'> {
  /** Where the expected predictions stand, as findings name it. */
  readonly where: string;
}

/** Differences shown of one example; a wrong model differs everywhere. */
const SHOWN = 5;
const HINT =
  'if the model was meant to change, write its new answer into the example ("mlserve test --update" does); otherwise find out why it changed';

export function compareGolden({ where, ...pair }: Comparison): readonly Issue[] {
  return firstDifferences(differences({ ...pair, other: 'the example' })).map(({ pointer, message }) => ({
    rule: 'golden.mismatch',
    severity: 'error',
    where: `${where}${pointer}`,
    message,
    hint: HINT,
  }));
}

/** The last one that is shown says how many are not. */
export function firstDifferences(all: Iterable<Difference>): readonly Difference[] {
  const found = [...all];
  return found.slice(0, SHOWN).map(({ pointer, message }, at) => {
    const rest = at === SHOWN - 1 && found.length > SHOWN ? ` (and ${found.length - SHOWN} more differences)` : '';
    return { pointer, message: message + rest };
  });
}
