/** Kinds of change and steps of a version → the words that the renderers of `diff` use. Pure. */
import type { ChangeKind, Step } from '../compare/change.ts';

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
