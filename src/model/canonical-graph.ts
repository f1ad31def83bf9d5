/**
 * A graph → its canonical serialisation: values numbered in the order of a depth-first walk from the outputs, nodes written after
 * what they need. Names of values, order of nodes and bytes of weights leave no trace. docs/identity.md defines the lines.
 */
import { canonicalAttribute } from './canonical-attribute.ts';
import { byBytes, integer, type Json, type LineHash, lineHash, typeName } from './canonical-text.ts';
import type { PayloadSource } from './payload.ts';
import type { AttributeRecord, GraphRecord, NodeRecord, TensorRecord } from './structure.ts';

/** What a graph and a function body have in common. */
export interface Body {
  readonly inputs: readonly { readonly name: string; readonly line: readonly Json[] }[];
  readonly outputs: readonly string[];
  readonly nodes: readonly NodeRecord[];
  readonly initializers: readonly TensorRecord[];
}

interface CanonicalBody {
  readonly hex: string;
  /** Names it takes from the scope around it, in the order of their first use. */
  readonly captures: readonly string[];
  /** Initializers in canonical order, those of graphs inside included. */
  readonly weights: readonly TensorRecord[];
}

/** The body of a graph that is nested in an attribute: its types are annotations and left out. */
function nestedBody({ inputs, outputs, nodes, initializers }: GraphRecord): Body {
  return {
    inputs: inputs.map(({ name }) => ({ name, line: ['input'] })),
    outputs: outputs.map(({ name }) => name),
    nodes,
    initializers,
  };
}

interface Frame {
  readonly node: NodeRecord;
  /** Sorted by name. */
  readonly attributes: readonly AttributeRecord[];
  readonly graphs: ReadonlyMap<GraphRecord, CanonicalBody>;
  readonly needs: readonly string[];
  next: number;
}

/** `start` writes the lines before the inputs. Recursion follows nested graphs only, whose depth the reader limits. */
export function canonicalBody(body: Body, from: PayloadSource, start?: (hash: LineHash) => void): CanonicalBody {
  const hash = lineHash();
  start?.(hash);
  const numbers = new Map<string, number>();
  const captures: string[] = [];
  const weights: TensorRecord[] = [];
  const producers = new Map<string, NodeRecord>();
  for (const node of body.nodes) for (const name of node.outputs) if (name !== '') producers.set(name, node);
  const initializers = new Map(body.initializers.map((tensor) => [tensor.name, tensor]));
  const entered = new Set<NodeRecord>();
  const placed = new Set<TensorRecord>();
  const stack: Frame[] = [];
  let count = 0;

  const place = (tensor: TensorRecord): void => {
    placed.add(tensor);
    weights.push(tensor);
    hash.line(tensor.sparse ? 'sparse-weight' : 'weight', typeName(tensor.dataType), tensor.dims.map(integer));
  };
  const enter = (node: NodeRecord): void => {
    entered.add(node);
    const attributes = [...node.attributes].sort((a, b) => byBytes(a.name, b.name));
    const nested = attributes.flatMap((attribute) => attribute.graphs);
    const graphs = new Map(nested.map((graph) => [graph, canonicalBody(nestedBody(graph), from)]));
    const needs = [...node.inputs, ...[...graphs.values()].flatMap((each) => each.captures)];
    stack.push({ node, attributes, graphs, needs, next: 0 });
  };
  /** Numbers a value, or enters the node that makes it first. */
  const reach = (name: string): void => {
    if (name === '' || numbers.has(name)) return;
    const producer = producers.get(name);
    if (producer !== undefined) {
      if (!entered.has(producer)) enter(producer);
      return;
    }
    numbers.set(name, count++);
    const tensor = initializers.get(name);
    if (tensor !== undefined) place(tensor);
    else {
      captures.push(name);
      hash.line('outer');
    }
  };
  /** A value inside a cycle has no number yet: its name stands for it. */
  const reference = (name: string): Json => (name === '' ? null : (numbers.get(name) ?? name));
  const leave = ({ node, attributes, graphs }: Frame): void => {
    const nested = (graph: GraphRecord): Json => {
      const inner = graphs.get(graph);
      return inner === undefined ? null : [inner.hex, inner.captures.map(reference)];
    };
    const values = attributes.map((attribute) => canonicalAttribute(attribute, from, nested));
    const outputs = trimmed(node.outputs);
    const { domain, opType, overload } = node;
    hash.line('node', domain, opType, overload, trimmed(node.inputs).map(reference), outputs.length, values);
    for (const name of outputs) {
      if (name !== '' && !numbers.has(name)) numbers.set(name, count);
      count++;
    }
    for (const inner of graphs.values()) for (const tensor of inner.weights) weights.push(tensor);
  };
  const drain = (): void => {
    for (let frame = stack.at(-1); frame !== undefined; frame = stack.at(-1)) {
      const need = frame.needs[frame.next++];
      if (need !== undefined) reach(need);
      else {
        leave(frame);
        stack.pop();
      }
    }
  };

  for (const { name, line } of body.inputs) {
    numbers.set(name, count++);
    const tensor = initializers.get(name);
    hash.line(...line);
    if (tensor !== undefined) place(tensor);
  }
  for (const name of body.outputs) {
    reach(name);
    drain();
  }
  for (const node of body.nodes) {
    if (!entered.has(node)) enter(node);
    drain();
  }
  for (const tensor of body.initializers) if (!placed.has(tensor)) place(tensor);
  for (const name of body.outputs) hash.line('output', reference(name));
  return { hex: hash.hex(), captures, weights };
}

/** Optional inputs and outputs at the end may be left out or left empty. */
function trimmed(names: readonly string[]): readonly string[] {
  let length = names.length;
  while (length > 0 && names[length - 1] === '') length--;
  return names.slice(0, length);
}
