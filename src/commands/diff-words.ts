/** Kinds of change and steps of a version → the words that the renderers of `diff` use. Pure. */
import type { ChangeKind, Step } from '../compare/change.ts';
import type { NamedDigests, PairDifference } from '../compare/compare-sides.ts';

export const KIND_WORDS: Readonly<Record<ChangeKind, string>> = {
  identical: 'identical',
  metadata: 'metadata only',
  weights: 'weights only',
  graph: 'operators or their attributes, behind the same interface',
  compatible: 'compatible',
  breaking: 'breaking',
};

export function stepWords(step: Step): string {
  return step === 'none' ? 'no step' : `a ${step} step`;
}

/** `fraud 1.4.0 → fraud 1.5.0`. */
export function modelText({ was, is }: PairDifference): string {
  const text = ({ name, version }: NamedDigests): string => (version === null ? name : `${name} ${version}`);
  return text(was) === text(is) ? text(is) : `${text(was)} → ${text(is)}`;
}
