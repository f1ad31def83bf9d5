/** A model's graph → the names it holds: class labels of a classifier, categories of its string inputs. */
import type { AttributeRecord, ModelStructure, NodeRecord } from '../model/structure.ts';

/** The strings of an attribute of type STRINGS, or the integers of one of type INTS as text; undefined for any other. */
export type ReadList = (attribute: AttributeRecord) => readonly string[] | undefined;

/** Operators that end a classifier, with the attributes in which they keep its classes (ai.onnx.ml). */
const CLASS_ATTRIBUTES = ['classlabels_strings', 'classlabels_int64s', 'classlabels_ints'];
const CLASSIFIERS = new Set(['ZipMap', 'LinearClassifier', 'TreeEnsembleClassifier', 'SVMClassifier']);

/** The classes of the one classifier in the graph; undefined when there is none, or several that disagree. */
export function findClassLabels({ graph }: ModelStructure, read: ReadList): readonly string[] | undefined {
  const found = graph.nodes
    .filter((node) => node.domain === 'ai.onnx.ml' && CLASSIFIERS.has(node.opType))
    .map((node) => firstList(node, CLASS_ATTRIBUTES, read))
    .filter((labels) => labels !== undefined);
  const [labels, ...others] = found;
  if (labels === undefined || new Set(labels).size < labels.length) return undefined;
  return others.every((other) => other.join('\n') === labels.join('\n')) ? labels : undefined;
}

/** Labels that a string input may take, where an encoder stands right behind it, by the name of the input. */
export function findCategories({ graph }: ModelStructure, read: ReadList): ReadonlyMap<string, readonly string[]> {
  const categories = new Map<string, readonly string[]>();
  for (const node of graph.nodes) {
    const [input] = node.inputs;
    if (node.opType !== 'OneHotEncoder' || input === undefined) continue;
    // An encoder that maps unknown labels to zeros takes any string; to list its labels would refuse what the model accepts.
    const labels = firstList(node, ['cats_strings'], read);
    if (labels !== undefined && !takesUnknown(node, read)) categories.set(input, labels);
  }
  return categories;
}

/** OneHotEncoder's `zeros` is 1 by default: an unknown label gives a row of zeros. */
function takesUnknown(node: NodeRecord, read: ReadList): boolean {
  const zeros = node.attributes.find(({ name }) => name === 'zeros');
  return zeros === undefined || read(zeros)?.[0] !== '0';
}

function firstList(node: NodeRecord, names: readonly string[], read: ReadList): readonly string[] | undefined {
  for (const name of names) {
    const attribute = node.attributes.find((each) => each.name === name);
    const list = attribute === undefined ? undefined : read(attribute);
    if (list !== undefined && list.length > 0) return list;
  }
  return undefined;
}
