/**
 * A classifier that ends in ZipMap → the same file without it: the `[N, C]` scores become the output, the class labels are handed out.
 * onnxruntime-node cannot carry the sequence of maps that ZipMap makes. Every other byte of the file stays.
 */
import { ELEMENT_TYPES } from './element-type.ts';
import { WIRE, WireReader } from './protobuf.ts';
import { attributeOf } from './read-attribute.ts';
import { type Dimension, tensorsOf } from './signature.ts';
import type { ByteRange, ByteSource, ModelStructure, NodeRecord } from './structure.ts';
import { bytesField, concat, integerField } from './wire-writer.ts';

export interface FreedOutput {
  /** The output of the new file: the name that the classifier gave its scores. */
  readonly from: string;
  /** The output of the old file, which is gone. */
  readonly renamedFrom: string;
  /** In the order of the columns; integer labels as their digits. */
  readonly labels: readonly string[];
}

interface ZipMapRemoval {
  readonly bytes: Uint8Array;
  /** In the order of the old outputs. */
  readonly outputs: readonly FreedOutput[];
}

interface Removal extends FreedOutput {
  readonly node: NodeRecord;
}

const ML = 'ai.onnx.ml';
/** Field numbers of onnx/onnx.proto. */
const MODEL_GRAPH = 7;
const GRAPH = { node: 1, output: 12 } as const;
const VALUE = { name: 1, type: 2 } as const;

/** Undefined when no output comes from a ZipMap that can be removed. The result is held in memory as a whole. */
export function removeZipMap(structure: ModelStructure, source: ByteSource): ZipMapRemoval | undefined {
  const removals = findRemovals(structure, source);
  if (removals.length === 0) return undefined;
  const batch = batchDimension(structure);
  const declared = new Set(structure.graph.outputs.map(({ name }) => name));
  const outputs = new Map(
    removals.map((each) => {
      const value = declared.has(each.from) ? undefined : scoresValue(each, batch);
      declared.add(each.from);
      return [each.renamedFrom, value];
    }),
  );
  const dropped = new Set(removals.map(({ node }) => node.range.start));
  const editGraph = (range: ByteRange): Uint8Array =>
    rewrite(source, range, (field, content) => {
      if (field === GRAPH.node && dropped.has(content.start)) return [];
      if (field !== GRAPH.output) return undefined;
      const name = nameOf(source, content);
      if (!outputs.has(name)) return undefined;
      const value = outputs.get(name);
      return value === undefined ? [] : [bytesField(GRAPH.output, value)];
    });
  const bytes = rewrite(source, { start: 0, end: source.size }, (field, content) =>
    field === MODEL_GRAPH ? [bytesField(MODEL_GRAPH, editGraph(content))] : undefined,
  );
  return { bytes, outputs: removals.map(({ from, renamedFrom, labels }) => ({ from, renamedFrom, labels })) };
}

function findRemovals({ graph }: ModelStructure, source: ByteSource): readonly Removal[] {
  const zipMaps = new Map(
    graph.nodes
      .filter(({ opType, domain }) => opType === 'ZipMap' && domain === ML)
      .map((node) => [node.outputs[0], node]),
  );
  const read = new Set(graph.nodes.flatMap((node) => node.inputs));
  const made = new Set(graph.nodes.flatMap((node) => node.outputs));
  return graph.outputs.flatMap(({ name: renamedFrom }) => {
    const node = zipMaps.get(renamedFrom);
    const from = node?.inputs[0];
    // A ZipMap whose maps another node reads, or whose scores no node makes, is not the end of a classifier.
    if (node === undefined || from === undefined || read.has(renamedFrom) || !made.has(from)) return [];
    const labels = labelsOf(node, source);
    // Classifiers of several targets at once end in ZipMaps without labels, whose scores are no `[N, C]`.
    return labels.length === 0 ? [] : [{ node, from, renamedFrom, labels }];
  });
}

function labelsOf(node: NodeRecord, source: ByteSource): readonly string[] {
  const strings = attributeOf(node, 'classlabels_strings', source)?.strings ?? [];
  if (strings.length > 0) return strings.map((bytes) => new TextDecoder().decode(bytes));
  return (attributeOf(node, 'classlabels_int64s', source)?.ints ?? []).map(String);
}

/** The first dimension that all inputs share: that of the rows. */
function batchDimension({ signature }: ModelStructure): Dimension {
  const [first, ...rest] = tensorsOf(signature.inputs).map(({ shape }) => shape?.[0] ?? null);
  return first !== undefined && rest.every((each) => each === first) ? first : null;
}

/** ValueInfoProto of float32 `[batch, labels]`. */
function scoresValue({ from, labels }: Removal, batch: Dimension): Uint8Array {
  const rows = typeof batch === 'string' ? bytesField(2, batch) : batch === null ? [] : integerField(1, batch);
  const dims = [Uint8Array.from(rows), integerField(1, labels.length)].map((dim) => bytesField(1, dim));
  const tensor = concat([integerField(1, ELEMENT_TYPES.float32.onnx), bytesField(2, concat(dims))]);
  return concat([bytesField(VALUE.name, from), bytesField(VALUE.type, bytesField(1, tensor))]);
}

function nameOf(source: ByteSource, value: ByteRange): string {
  const reader = new WireReader(source, value);
  let name = '';
  reader.fields((field) => {
    if (field === VALUE.name) name = reader.string();
  });
  return name;
}

/** The message in `range`, with fields replaced by what `edit` returns; undefined keeps a field byte for byte. */
function rewrite(
  source: ByteSource,
  range: ByteRange,
  edit: (field: number, content: ByteRange) => readonly Uint8Array[] | undefined,
): Uint8Array {
  const reader = new WireReader(source, range);
  const pieces: Uint8Array[] = [];
  let kept = range.start;
  while (reader.position < reader.limit) {
    const start = reader.position;
    const field = reader.tag();
    if (reader.wire !== WIRE.bytes) {
      reader.skip();
      continue;
    }
    const content = reader.range();
    const edited = edit(field, content);
    if (edited === undefined) continue;
    pieces.push(copy(source, kept, start), ...edited);
    kept = content.end;
  }
  pieces.push(copy(source, kept, range.end));
  return concat(pieces);
}

function copy(source: ByteSource, start: number, end: number): Uint8Array {
  return new Uint8Array(source.read(start, end - start));
}
