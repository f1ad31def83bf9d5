/** A model's graph → the categories that its one-hot encoders know, by the graph input they were trained on. */
import { attributeOf, labelList } from './read-attribute.ts';
import type { ByteSource, GraphRecord, ModelStructure } from './structure.ts';

/** Labels that an input was trained on, integers as their digits. `closed`: the model fails on any other. */
export interface Categories {
  readonly labels: readonly string[];
  readonly closed: boolean;
}

/** What converters put between a column and its encoder; each hands on the values of its first input. */
const CARRIERS = new Set(['Identity', 'Gather', 'ArrayFeatureExtractor', 'Reshape', 'Flatten', 'Squeeze', 'Unsqueeze']);

/** Only where an input leads to one encoder: of a matrix of columns nobody knows which labels are whose. */
export function findCategories({ graph }: ModelStructure, source: ByteSource): ReadonlyMap<string, Categories> {
  const origin = originsOf(graph);
  const found = new Map<string, Categories>();
  const shared = new Set<string>();
  for (const node of graph.nodes) {
    if (node.opType !== 'OneHotEncoder' || node.domain !== 'ai.onnx.ml') continue;
    const input = origin.get(node.inputs[0] ?? '');
    if (input === undefined) continue;
    if (found.has(input)) shared.add(input);
    const strings = labelList(attributeOf(node, 'cats_strings', source));
    const labels = strings.length > 0 ? strings : labelList(attributeOf(node, 'cats_int64s', source));
    // By default the operator maps what it does not know to zeros.
    if (labels.length > 0) found.set(input, { labels, closed: attributeOf(node, 'zeros', source)?.i === 0n });
  }
  for (const input of shared) found.delete(input);
  return found;
}

/** Each value that carries a graph input unchanged → that input. Nodes are in topological order. */
function originsOf({ inputs, nodes }: GraphRecord): ReadonlyMap<string, string> {
  const origin = new Map(inputs.map(({ name }) => [name, name]));
  for (const { opType, inputs: taken, outputs } of nodes) {
    const from = CARRIERS.has(opType) ? origin.get(taken[0] ?? '') : undefined;
    if (from !== undefined && outputs[0] !== undefined) origin.set(outputs[0], from);
  }
  return origin;
}

/** One label that each input takes. */
export function firstLabels(categories: ReadonlyMap<string, Categories>): ReadonlyMap<string, string> {
  return new Map([...categories].map(([input, { labels }]) => [input, labels[0] ?? '']));
}
