/** The bytes of an ONNX file → `ModelStructure`, or the reason why they are not one. */
import type { Issue } from '../issue.ts';
import { InvalidModel } from './invalid-model.ts';
import { WireReader } from './protobuf.ts';
import { ProtobufError } from './protobuf-error.ts';
import { emptyGraph, readFunction, readGraph, readOpsetImport } from './read-graph.ts';
import { readEntry } from './read-tensor.ts';
import type { Signature } from './signature.ts';
import { lookalike } from './sniff.ts';
import type { ByteSource, FunctionRecord, GraphRecord, ModelStructure, OpsetImport } from './structure.ts';

/** Since IR 4 an initializer with the name of an input is the default of that input; before, it made the input a constant. */
const DEFAULTS_SINCE_IR = 4n;

/** Reads everything but payloads. Throws `InvalidModel`, an `MlserveError` MODEL_INVALID; `where` names the file in it. */
export function readModel(source: ByteSource, where = 'the model'): ModelStructure {
  if (source.size === 0) throw new InvalidModel('empty', where, 'the file is empty');
  const foreign = lookalike(source.read(0, 64));
  if (foreign !== undefined) throw new InvalidModel('not-onnx', where, foreign.message, foreign.hint);
  const seen = { fields: 0 };
  try {
    return readModelProto(source, where, seen);
  } catch (error) {
    if (!(error instanceof ProtobufError)) throw error;
    // A model starts with its IR version; bytes that never looked like one are some other format.
    if (error.fault === 'malformed' && seen.fields === 0) {
      throw new InvalidModel('not-onnx', where, `this is not an ONNX file: ${error.message}`, undefined, error);
    }
    const reason = error.fault === 'malformed' ? 'damaged' : error.fault;
    throw new InvalidModel(reason, where, error.message, undefined, error);
  }
}

/** The same as a value: the structure, or the finding that `mlserve validate` lists. */
export function readModelOrIssue(source: ByteSource, where: string): ModelStructure | Issue {
  try {
    return readModel(source, where);
  } catch (error) {
    if (error instanceof InvalidModel) return error.issue;
    throw error;
  }
}

/** Fields of ModelProto that tell a model from bytes that happen to parse: ir_version, opset_import, graph. */
const TELLING = [1, 7, 8];

function readModelProto(source: ByteSource, where: string, seen: { fields: number }): ModelStructure {
  const reader = new WireReader(source);
  const text = { producerName: '', producerVersion: '', domain: '', docString: '' };
  let irVersion = 0n;
  let modelVersion = 0n;
  const mainGraph = emptyGraph();
  let graph: GraphRecord | undefined;
  let hasTrainingInfo = false;
  const opsetImports: OpsetImport[] = [];
  const metadata: { key: string; value: string }[] = [];
  const functions: FunctionRecord[] = [];
  reader.fields((field) => {
    if (field === 1) irVersion = reader.int64();
    else if (field === 2) text.producerName = reader.string();
    else if (field === 3) text.producerVersion = reader.string();
    else if (field === 4) text.domain = reader.string();
    else if (field === 5) modelVersion = reader.int64();
    else if (field === 6) text.docString = reader.string();
    else if (field === 7) graph = readGraph(reader, 0, mainGraph);
    else if (field === 8) opsetImports.push(readOpsetImport(reader));
    else if (field === 14) {
      const [key, value] = readEntry(reader);
      metadata.push({ key, value });
    } else if (field === 20) {
      reader.range();
      hasTrainingInfo = true;
    } else if (field === 25) functions.push(readFunction(reader));
    if (TELLING.includes(field)) seen.fields++;
  });
  if (graph === undefined && seen.fields === 0) throw reader.fail('no field of a model is in it');
  if (graph === undefined) throw new InvalidModel('no-graph', where, 'there is no graph in the file');
  const signature = signatureOf(graph, irVersion);
  return {
    ...text,
    bytes: source.size,
    irVersion,
    modelVersion,
    opsetImports,
    metadata,
    graph,
    functions,
    hasTrainingInfo,
    signature,
  };
}

function signatureOf(graph: GraphRecord, irVersion: bigint): Signature {
  const initialized = new Set(graph.initializers.map((tensor) => tensor.name));
  const defaulted = graph.inputs.filter((input) => initialized.has(input.name));
  return {
    inputs: graph.inputs.filter((input) => !initialized.has(input.name)),
    defaultedInputs: irVersion >= DEFAULTS_SINCE_IR ? defaulted : [],
    outputs: graph.outputs,
  };
}
