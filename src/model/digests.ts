/** A model's structure × access to its bytes → its fingerprint: the four digests that docs/identity.md defines. */
import { canonicalAttribute } from './canonical-attribute.ts';
import { type Body, canonicalBody } from './canonical-graph.ts';
import { byBytes, digestOf, integer, type Json, lineHash, sha256Hex, typeName } from './canonical-text.ts';
import type { Digest, Fingerprint } from './fingerprint.ts';
import { type PayloadSource, payload, payloadBytes } from './payload.ts';
import type { Signature, ValueSpec } from './signature.ts';
import type { FunctionRecord, ModelStructure, OpsetImport, TensorRecord } from './structure.ts';

interface FingerprintRequest {
  readonly structure: ModelStructure;
  readonly from: PayloadSource;
  /** Lower-case hexadecimal sha256 of the model file. */
  readonly modelHex: string;
  /** The same of each data file, by the location that the model records. */
  readonly dataHex: ReadonlyMap<string, string>;
}

/** Reads every weight once. Throws MODEL_INVALID when stored bytes do not fit their dimensions. */
export function fingerprint({ structure, from, modelHex, dataHex }: FingerprintRequest): Fingerprint {
  const { graph, weights } = graphDigest(structure, from);
  return {
    model: modelDigest(modelHex, dataHex),
    graph,
    weights: weightsDigest(weights, from),
    signature: signatureDigest(structure.signature),
  };
}

/**
 * One file: the sha256 of its bytes. With data files: what
 * `(sha256sum < model.onnx; sha256sum DATA… | LC_ALL=C sort -k2) | sha256sum` prints.
 */
function modelDigest(modelHex: string, dataHex: ReadonlyMap<string, string>): Digest {
  if (dataHex.size === 0) return digestOf(modelHex);
  const lines = [...dataHex].sort(([a], [b]) => byBytes(a, b)).map(([path, hex]) => sumLine(hex, path));
  return digestOf(sha256Hex([Buffer.from([`${modelHex}  -\n`, ...lines].join(''))]));
}

/** sha256sum escapes such names and marks the line with a backslash. */
function sumLine(hex: string, path: string): string {
  if (!/[\\\n\r]/.test(path)) return `${hex}  ${path}\n`;
  const escaped = path.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('\r', '\\r');
  return `\\${hex}  ${escaped}\n`;
}

/** The digest of the structure, and the initializers in the order in which it meets them. */
function graphDigest(
  structure: ModelStructure,
  from: PayloadSource,
): { readonly graph: Digest; readonly weights: readonly TensorRecord[] } {
  const { graph, signature, opsetImports, functions } = structure;
  const inputs = [...signature.inputs, ...signature.defaultedInputs];
  const body: Body = {
    inputs: inputs.map((value) => ({ name: value.name, line: ['input', ...typeOf(value)] })),
    outputs: graph.outputs.map(({ name }) => name),
    nodes: graph.nodes,
    initializers: graph.initializers,
  };
  const { hex, weights } = canonicalBody(body, from, (hash) => {
    hash.line('mlserve.graph', 1);
    for (const line of opsetLines(opsetImports)) hash.line('opset', ...line);
    for (const line of functionLines(functions, from)) hash.line(...line);
  });
  return { graph: digestOf(hex), weights };
}

/** Element type and fixed sizes; the names of symbolic dimensions belong to the signature alone. */
function typeOf(value: ValueSpec): readonly Json[] {
  if (value.kind !== 'tensor') return [value.description];
  return [value.elementType, value.shape?.map((dim) => (typeof dim === 'number' ? dim : null)) ?? null];
}

function opsetLines(imports: readonly OpsetImport[]): readonly (readonly [string, Json])[] {
  const versions = new Map(imports.map(({ domain, version }) => [domain, version]));
  return [...versions].sort(([a], [b]) => byBytes(a, b)).map(([domain, version]) => [domain, integer(version)]);
}

/** Sorted by domain, name and overload. */
function functionLines(functions: readonly FunctionRecord[], from: PayloadSource): readonly (readonly Json[])[] {
  const sorted = [...functions].sort(
    (a, b) => byBytes(a.domain, b.domain) || byBytes(a.name, b.name) || byBytes(a.overload, b.overload),
  );
  return sorted.map((each) => functionLine(each, from));
}

function functionLine(each: FunctionRecord, from: PayloadSource): readonly Json[] {
  const body: Body = {
    inputs: each.inputs.map((name) => ({ name, line: ['input'] })),
    outputs: each.outputs,
    nodes: each.nodes,
    initializers: [],
  };
  const { hex } = canonicalBody(body, from);
  const defaults = [...each.attributeDefaults]
    .sort((a, b) => byBytes(a.name, b.name))
    .map((attribute) => canonicalAttribute(attribute, from, () => null));
  const names = [...each.attributes].sort(byBytes);
  return ['function', each.domain, each.name, each.overload, opsetLines(each.opsetImports), names, defaults, hex];
}

/** Of tensors in the order of `graphDigest`: a line with type, dims and length, then the bytes. */
function weightsDigest(weights: readonly TensorRecord[], from: PayloadSource): Digest {
  const hash = lineHash();
  hash.line('mlserve.weights', 1);
  const put = (tensor: TensorRecord): void => {
    const { sparseParts, dataType, dims } = tensor;
    if (sparseParts !== undefined) {
      hash.line('sparse-weight', dims.map(integer));
      put(sparseParts.values);
      put(sparseParts.indices);
      return;
    }
    hash.line('weight', typeName(dataType), dims.map(integer), payloadBytes(tensor, from.model));
    for (const chunk of payload(tensor, from)) hash.bytes(chunk);
  };
  weights.forEach(put);
  return digestOf(hash.hex());
}

/** Names, element types and shapes, symbolic names included, in the model's order. */
function signatureDigest({ inputs, defaultedInputs, outputs }: Signature): Digest {
  const hash = lineHash();
  hash.line('mlserve.signature', 1);
  const put = (role: string, value: ValueSpec): void => {
    if (value.kind === 'tensor') hash.line(role, value.name, value.elementType, value.shape);
    else hash.line(role, value.name, value.description);
  };
  for (const value of inputs) put('input', value);
  for (const value of defaultedInputs) put('default', value);
  for (const value of outputs) put('output', value);
  return digestOf(hash.hex());
}
