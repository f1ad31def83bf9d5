/** A model and what is known of its surroundings → the lists that every rule walks, made once. */
import type { RuntimeLimits } from '../runtime-limits.ts';
import type {
  AttributeRecord,
  ByteSource,
  FunctionRecord,
  GraphRecord,
  ModelStructure,
  NodeRecord,
  OpsetImport,
  TensorRecord,
} from '../structure.ts';
import { quote } from './quote.ts';

/** What is at the place that external data names; `escapes` when the place was not looked at, being outside. */
export interface ExternalFile {
  readonly status: 'file' | 'missing' | 'escapes' | 'symlink' | 'hardlink' | 'not-regular';
  /** Bytes; 0 unless `file`. */
  readonly size: number;
}

export interface ModelFacts {
  /** The model file as messages name it. */
  readonly file: string;
  readonly limits: RuntimeLimits;
  /** The bytes behind `structure`; rules read small constants from it. */
  readonly source: ByteSource;
  /** By location as the model writes it. */
  readonly externalFiles: ReadonlyMap<string, ExternalFile>;
  /** Largest batch. */
  readonly maxRows: number;
  /** Bytes that a load and a run may take. */
  readonly memoryBytes: number;
  /** Inputs whose every dimension but the first is fixed by declared features. */
  readonly boundedInputs: ReadonlySet<string>;
}

interface GraphPlace {
  readonly graph: GraphRecord;
  /** 1 for the main graph. */
  readonly depth: number;
}

interface NodePlace {
  readonly node: NodeRecord;
  readonly opsets: readonly OpsetImport[];
}

export interface RuleContext {
  readonly structure: ModelStructure;
  readonly facts: ModelFacts;
  /** The main graph, and every subgraph of nodes and functions. */
  readonly graphs: readonly GraphPlace[];
  /** Nodes of all graphs and functions. */
  readonly nodes: readonly NodePlace[];
  /** Initializers and tensor attributes of all of them; a sparse one is followed by its values and indices. */
  readonly tensors: readonly TensorRecord[];
}

/** Collects without recursion: how deep graphs nest is the model's choice. */
export function makeContext(structure: ModelStructure, facts: ModelFacts): RuleContext {
  const graphs: GraphPlace[] = [];
  const nodes: NodePlace[] = [];
  const tensors: TensorRecord[] = [];
  const open: { place: GraphPlace; opsets: readonly OpsetImport[] }[] = [];
  const takeTensor = (tensor: TensorRecord): void => {
    tensors.push(tensor);
    if (tensor.sparseParts !== undefined) tensors.push(tensor.sparseParts.values, tensor.sparseParts.indices);
  };
  const takeAttribute = (attribute: AttributeRecord, opsets: readonly OpsetImport[], depth: number): void => {
    attribute.tensors.forEach(takeTensor);
    for (const graph of attribute.graphs) open.push({ place: { graph, depth: depth + 1 }, opsets });
  };
  const takeNodes = (list: readonly NodeRecord[], opsets: readonly OpsetImport[], depth: number): void => {
    for (const node of list) {
      nodes.push({ node, opsets });
      for (const attribute of node.attributes) takeAttribute(attribute, opsets, depth);
    }
  };
  open.push({ place: { graph: structure.graph, depth: 1 }, opsets: structure.opsetImports });
  for (const each of structure.functions) {
    const opsets = functionOpsets(each, structure);
    takeNodes(each.nodes, opsets, 1);
    for (const attribute of each.attributeDefaults) takeAttribute(attribute, opsets, 1);
  }
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    graphs.push(next.place);
    next.place.graph.initializers.forEach(takeTensor);
    takeNodes(next.place.graph.nodes, next.opsets, next.place.depth);
  }
  return { structure, facts, graphs, nodes, tensors };
}

/** A function's own imports come first; the model's fill in what it leaves out. */
function functionOpsets(each: FunctionRecord, structure: ModelStructure): readonly OpsetImport[] {
  return [...each.opsetImports, ...structure.opsetImports];
}

/** The version of `domain` that applies, or undefined when it is not imported. */
export function importedVersion(opsets: readonly OpsetImport[], domain: string): bigint | undefined {
  return opsets.find((each) => each.domain === domain)?.version;
}

/** `model.onnx, input "x"`. */
export function at(facts: ModelFacts, kind: string, name: string): string {
  return `${facts.file}, ${kind} ${quote(name)}`;
}

export function nodePlace(facts: ModelFacts, node: NodeRecord): string {
  return at(facts, 'node', node.name || `${node.opType} → ${node.outputs[0] ?? ''}`);
}
