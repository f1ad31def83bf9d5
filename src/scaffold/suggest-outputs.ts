/** A model's outputs × the class labels it holds → the named members of a prediction. */
import type { Signature, TensorValue } from '../model/signature.ts';
import { tensorsOf } from '../model/signature.ts';

export interface SuggestedOutput {
  readonly name: string;
  readonly from: string;
  readonly labels?: readonly string[];
}

export interface OutputLabels {
  /** Of the classes. */
  readonly labels: readonly string[] | undefined;
  /** Whether integer outputs `[N]` hold positions in the labels. */
  readonly codes: boolean;
  /** Outputs whose labels are known for certain, by name. */
  readonly known: ReadonlyMap<string, readonly string[]>;
}

/** Every output under a plain name; those with a score for each class, or with the number of a class, are given the labels. */
export function suggestOutputs(
  signature: Signature,
  { labels, codes, known }: OutputLabels,
): readonly SuggestedOutput[] {
  const outputs = tensorsOf(signature.outputs);
  const scores = labels === undefined || known.size > 0 ? undefined : scoresOutput(outputs, labels.length);
  const plain = outputs.map(({ name }) => name.replace(/^output_(?=.)/, ''));
  const isClear = new Set(plain).size === plain.length;
  return outputs.map((output, at) => {
    const isCode = codes && output.elementType === 'int64' && output.shape?.length === 1;
    const own = known.get(output.name) ?? (output === scores || isCode ? labels : undefined);
    const name = isClear ? (plain[at] ?? output.name) : output.name;
    return { name, from: output.name, ...(own === undefined ? {} : { labels: own }) };
  });
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
