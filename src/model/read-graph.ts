/** GraphProto, NodeProto, AttributeProto and FunctionProto (onnx/onnx.proto) → records. */
import { countNumbers } from './count-numbers.ts';
import type { WireReader } from './protobuf.ts';
import { readSparseTensor, readTensor } from './read-tensor.ts';
import { once, readValue } from './read-value.ts';
import type { ValueSpec } from './signature.ts';
import type {
  AttributeRecord,
  FunctionRecord,
  GraphRecord,
  NodeRecord,
  OpsetImport,
  TensorRecord,
} from './structure.ts';

/** Graphs inside graphs that are read; onnxruntime's own parser stops near 33. */
const MAX_GRAPH_DEPTH = 64;

/** A graph that is being read. */
interface GraphParts {
  name: string;
  docString: string;
  readonly nodes: NodeRecord[];
  readonly initializers: TensorRecord[];
  readonly inputs: ValueSpec[];
  readonly outputs: ValueSpec[];
}

export function emptyGraph(): GraphParts {
  return { name: '', nodes: [], initializers: [], inputs: [], outputs: [], docString: '' };
}

/**
 * Reads the GraphProto of the current field; `depth` counts the graphs around it. It is added to `parts`: protobuf merges the
 * occurrences of a field.
 */
export function readGraph(reader: WireReader, depth: number, parts: GraphParts = emptyGraph()): GraphRecord {
  if (depth >= MAX_GRAPH_DEPTH) throw reader.fail(`graphs nested more than ${MAX_GRAPH_DEPTH} deep`, 'too-deep');
  reader.message(() => {
    reader.fields((field) => {
      if (field === 1) parts.nodes.push(readNode(reader, depth));
      else if (field === 2) parts.name = reader.string();
      else if (field === 5) parts.initializers.push(readTensor(reader));
      else if (field === 10) parts.docString = reader.string();
      else if (field === 11) parts.inputs.push(readValue(reader));
      else if (field === 12) parts.outputs.push(readValue(reader));
      else if (field === 15) parts.initializers.push(readSparseTensor(reader));
    });
  });
  return parts;
}

/** `ai.onnx` is another spelling of the default domain. */
function canonicalDomain(domain: string): string {
  return domain === 'ai.onnx' ? '' : domain;
}

function readNode(reader: WireReader, depth: number): NodeRecord {
  let name = '';
  let opType = '';
  let domain = '';
  let overload = '';
  const inputs: string[] = [];
  const outputs: string[] = [];
  const attributes: AttributeRecord[] = [];
  reader.charge(200);
  const range = reader.message(() => {
    reader.fields((field) => {
      if (field === 1) inputs.push(readName(reader));
      else if (field === 2) outputs.push(readName(reader));
      else if (field === 3) name = reader.string();
      else if (field === 4) opType = reader.string();
      else if (field === 5) attributes.push(readAttributeRecord(reader, depth));
      else if (field === 7) domain = reader.string();
      else if (field === 8) overload = reader.string();
    });
  });
  return { name, opType, domain: canonicalDomain(domain), overload, inputs, outputs, attributes, range };
}

function readAttributeRecord(reader: WireReader, depth: number): AttributeRecord {
  let name = '';
  let type = 0;
  let refName: string | undefined;
  let tensor: TensorRecord | undefined;
  let sparse: TensorRecord | undefined;
  let graph: GraphRecord | undefined;
  const tensors: TensorRecord[] = [];
  const graphs: GraphRecord[] = [];
  reader.charge(120);
  const range = reader.message(() => {
    reader.fields((field) => {
      if (field === 1) name = reader.string();
      else if (SCALARS.has(field)) checkScalar(reader, field);
      else if (field === 5) tensor = once(reader, tensor, readTensor);
      else if (field === 6) graph = once(reader, graph, () => readGraph(reader, depth + 1));
      else if (field === 10) tensors.push(readTensor(reader));
      else if (field === 11) graphs.push(readGraph(reader, depth + 1));
      else if (field === 20) type = reader.int32();
      else if (field === 21) refName = reader.string() || undefined;
      else if (field === 22) sparse = once(reader, sparse, readSparseTensor);
      else if (field === 23) tensors.push(readSparseTensor(reader));
    });
  });
  for (const single of [sparse, tensor]) if (single !== undefined) tensors.unshift(single);
  if (graph !== undefined) graphs.unshift(graph);
  return { name, type, range, tensors, graphs, refName };
}

/** f, i, s, floats, ints, strings: left where they are, but known to be readable. */
const SCALARS: ReadonlySet<number> = new Set([2, 3, 4, 7, 8, 9]);

function checkScalar(reader: WireReader, field: number): void {
  if (field === 2) reader.float32();
  else if (field === 3) reader.int64();
  else if (field === 7) countNumbers(reader, 4);
  else if (field === 8) countNumbers(reader, 'varint');
  else reader.range();
}

/** Reads the FunctionProto of the current field. */
export function readFunction(reader: WireReader): FunctionRecord {
  let name = '';
  let domain = '';
  let overload = '';
  const inputs: string[] = [];
  const outputs: string[] = [];
  const attributes: string[] = [];
  const attributeDefaults: AttributeRecord[] = [];
  const nodes: NodeRecord[] = [];
  const opsetImports: OpsetImport[] = [];
  reader.charge(200);
  reader.message(() => {
    reader.fields((field) => {
      if (field === 1) name = reader.string();
      else if (field === 4) inputs.push(readName(reader));
      else if (field === 5) outputs.push(readName(reader));
      else if (field === 6) attributes.push(readName(reader));
      else if (field === 7) nodes.push(readNode(reader, 1));
      else if (field === 9) opsetImports.push(readOpsetImport(reader));
      else if (field === 10) domain = reader.string();
      else if (field === 11) attributeDefaults.push(readAttributeRecord(reader, 1));
      else if (field === 13) overload = reader.string();
    });
  });
  domain = canonicalDomain(domain);
  return { name, domain, overload, inputs, outputs, attributes, attributeDefaults, nodes, opsetImports };
}

/** Reads the OperatorSetIdProto of the current field. */
export function readOpsetImport(reader: WireReader): OpsetImport {
  let domain = '';
  let version = 0n;
  reader.charge(64);
  reader.message(() => {
    reader.fields((field) => {
      if (field === 1) domain = reader.string();
      else if (field === 2) version = reader.int64();
    });
  });
  return { domain: canonicalDomain(domain), version };
}

function readName(reader: WireReader): string {
  reader.charge(32);
  return reader.string();
}
