/** `ModelStructure` → flat lists of everything in it, nested graphs and functions included. */
import type { GraphRecord, ModelStructure, NodeRecord, TensorRecord } from './structure.ts';

interface ModelContents {
  /** Nodes of the main graph, of graphs nested in attributes, and of functions. */
  readonly nodes: readonly NodeRecord[];
  readonly initializers: readonly TensorRecord[];
  /** Initializers and tensors in attributes; both parts of a sparse one. */
  readonly tensors: readonly TensorRecord[];
  /** Graphs nested in attributes. */
  readonly subgraphs: readonly GraphRecord[];
}

/** In file order, a graph before the graphs nested in it. No recursion: how deep graphs nest is the model's choice. */
export function contentsOf(structure: ModelStructure): ModelContents {
  const nodes: NodeRecord[] = [];
  const initializers: TensorRecord[] = [];
  const tensors: TensorRecord[] = [];
  const subgraphs: GraphRecord[] = [];
  const open: GraphRecord[] = [structure.graph];
  const takeTensor = (tensor: TensorRecord): void => {
    const parts = tensor.sparseParts;
    if (parts === undefined) tensors.push(tensor);
    else tensors.push(parts.values, parts.indices);
  };
  const takeAttributes = ({ attributes }: Pick<NodeRecord, 'attributes'>): void => {
    for (const attribute of attributes) {
      attribute.tensors.forEach(takeTensor);
      for (const graph of attribute.graphs) {
        subgraphs.push(graph);
        open.push(graph);
      }
    }
  };
  const takeNodes = (list: readonly NodeRecord[]): void => {
    for (const node of list) {
      nodes.push(node);
      takeAttributes(node);
    }
  };
  for (const each of structure.functions) {
    takeNodes(each.nodes);
    takeAttributes({ attributes: each.attributeDefaults });
  }
  // `open` grows while it is walked.
  for (const graph of open) {
    for (const tensor of graph.initializers) {
      initializers.push(tensor);
      takeTensor(tensor);
    }
    takeNodes(graph.nodes);
  }
  return { nodes, initializers, tensors, subgraphs };
}

/** Where tensors lie outside the model file, as the model records it, each place once, sorted by code unit. */
export function externalLocations({ tensors }: Pick<ModelContents, 'tensors'>): readonly string[] {
  return [...new Set(tensors.flatMap(({ external }) => (external === undefined ? [] : [external.location])))].sort();
}

/** How often each operator occurs, `domain:op` outside the default domain; sorted by name. */
export function operatorCounts({ nodes }: Pick<ModelContents, 'nodes'>): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { domain, opType } of nodes) {
    const name = domain === '' ? opType : `${domain}:${opType}`;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return new Map([...counts].sort(([a], [b]) => (a < b ? -1 : 1)));
}
