/** Expected × actual predictions of a golden example, or of rows → findings. */
import type { Issue } from '../issue.ts';
import { plural } from '../plural.ts';
import { type AnswerPair, type Difference, differences } from './compare-answers.ts';

export interface Comparison extends Omit<AnswerPair, 'other'> {
  /** Where the expected predictions stand, as findings name it. */
  readonly where: string;
  /** That holds the expected predictions; undefined where that is the example. */
  readonly file?: string | undefined;
}

/** Differences shown of one example; a wrong model differs everywhere. */
const SHOWN = 5;

export function compareGolden({ where, file, ...pair }: Comparison): readonly Issue[] {
  const renew =
    file === undefined
      ? 'write its new answer into the example ("mlserve test --update" does)'
      : `write its new predictions of these rows to ${file} ("mlserve predict" makes them)`;
  const hint = `if the model was meant to change, ${renew}; otherwise find out why it changed`;
  return firstDifferences(differences({ ...pair, other: file ?? 'the example' })).map(({ pointer, message }) => ({
    rule: 'golden.mismatch',
    severity: 'error',
    where: `${where}${pointer}`,
    message,
    hint,
  }));
}

/** The last one that is shown says how many are not. */
export function firstDifferences(all: Iterable<Difference>): readonly Difference[] {
  const found = [...all];
  return found.slice(0, SHOWN).map(({ pointer, message }, at) => {
    const rest =
      at === SHOWN - 1 && found.length > SHOWN ? ` (and ${plural(found.length - SHOWN, 'more difference')})` : '';
    return { pointer, message: message + rest };
  });
}
