/** A model's graph → the class labels of the classifier in it. */
import { attributeOf, labelList } from '../model/read-attribute.ts';
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
  return CLASS_ATTRIBUTES.map((name) => labelList(attributeOf(node, name, source))).find((list) => list.length > 0);
}
