/** A model's graph → the names it holds: class labels of a classifier, categories of its string inputs. */
import { type AttributeValue, attributeOf } from '../model/read-attribute.ts';
import type { ByteSource, ModelStructure, NodeRecord } from '../model/structure.ts';

/** Operators that know the classes, with the attributes in which they keep them (ai.onnx.ml). */
const CLASS_ATTRIBUTES = ['classlabels_strings', 'classlabels_int64s', 'classlabels_ints'];
const CLASSIFIERS = new Set(['ZipMap', 'LinearClassifier', 'TreeEnsembleClassifier', 'SVMClassifier']);

/** The classes of the classifier in the graph, integers as text; undefined when there is none, or several that disagree. */
export function findClassLabels({ graph }: ModelStructure, source: ByteSource): readonly string[] | undefined {
  const [labels, ...others] = graph.nodes
    .filter((node) => node.domain === 'ai.onnx.ml' && CLASSIFIERS.has(node.opType))
    .map((node) => labelsOf(node, source))
    .filter((list) => list !== undefined);
  if (labels === undefined || labels.length < 2 || new Set(labels).size < labels.length) return undefined;
  return others.every((other) => other.join('\n') === labels.join('\n')) ? labels : undefined;
}

function labelsOf(node: NodeRecord, source: ByteSource): readonly string[] | undefined {
  return CLASS_ATTRIBUTES.map((name) => listOf(attributeOf(node, name, source))).find((list) => list.length > 0);
}

/** Labels that a string input was trained on. `closed`: the model fails on any other. */
export interface Categories {
  readonly labels: readonly string[];
  readonly closed: boolean;
}

/** By the name of the input, where a OneHotEncoder stands right behind it; by default that maps unknown labels to zeros. */
export function findCategories({ graph }: ModelStructure, source: ByteSource): ReadonlyMap<string, Categories> {
  const categories = new Map<string, Categories>();
  for (const node of graph.nodes) {
    const [input] = node.inputs;
    if (node.opType !== 'OneHotEncoder' || node.domain !== 'ai.onnx.ml' || input === undefined) continue;
    const labels = listOf(attributeOf(node, 'cats_strings', source));
    if (labels.length > 0) categories.set(input, { labels, closed: attributeOf(node, 'zeros', source)?.i === 0n });
  }
  return categories;
}

function listOf(value: AttributeValue | undefined): readonly string[] {
  if (value === undefined) return [];
  const decoder = new TextDecoder();
  return value.strings.length > 0 ? value.strings.map((bytes) => decoder.decode(bytes)) : value.ints.map(String);
}
