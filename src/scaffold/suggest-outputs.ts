/** A model's outputs × the class labels it holds → the named members of a prediction. */
import type { Signature, TensorValue } from '../model/signature.ts';
import { tensorsOf } from '../model/signature.ts';

export interface SuggestedOutput {
  readonly name: string;
  readonly from: string;
  readonly labels?: readonly string[];
}

/**
 * Every output under a plain name; the one that holds a score for each class is given the labels. So is an output of class
 * numbers when `codes` says that these are positions in the labels.
 */
export function suggestOutputs(
  signature: Signature,
  labels: readonly string[] | undefined,
  codes = false,
): readonly SuggestedOutput[] {
  const outputs = tensorsOf(signature.outputs);
  const numbers = codes ? outputs.filter((output) => output.elementType === 'int64' && output.shape?.length === 1) : [];
  const scores = labels === undefined ? undefined : scoresOutput(outputs, labels.length);
  const plain = outputs.map(({ name }) => name.replace(/^output_(?=.)/, ''));
  const isClear = new Set(plain).size === plain.length;
  return outputs.map((output, at) => ({
    name: isClear ? (plain[at] ?? output.name) : output.name,
    from: output.name,
    ...(labels !== undefined && (output === scores || numbers.includes(output)) ? { labels } : {}),
  }));
}

/** The output of scores by class: floats `[N, C]`. One that states C comes before one that leaves it open. */
export function scoresOutput(outputs: readonly TensorValue[], classes: number): TensorValue | undefined {
  const floats = outputs.filter(
    ({ elementType, shape }) => elementType.startsWith('float') && shape !== null && shape.length === 2,
  );
  const exact = floats.filter(({ shape }) => shape?.[1] === classes);
  const open = floats.filter(({ shape }) => typeof shape?.[1] !== 'number');
  const [only, ...others] = exact.length > 0 ? exact : open;
  return others.length === 0 ? only : undefined;
}

/** Classes of a model whose graph holds no labels but whose one float output states how many there are; for the question. */
export function unnamedClasses(signature: Signature): number | undefined {
  const widths = tensorsOf(signature.outputs)
    .filter(({ elementType, shape }) => elementType.startsWith('float') && shape?.length === 2)
    .map(({ shape }) => shape?.[1]);
  const [width] = widths;
  return widths.length === 1 && typeof width === 'number' && width > 1 ? width : undefined;
}
