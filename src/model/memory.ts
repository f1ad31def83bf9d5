/**
 * Structure × rows → a floor of the memory that a run takes, in bytes: weights, inputs, outputs, and what nodes generate from constants.
 * Nothing is counted as freed. Sizes that depend on values, or on operators not listed here, count nothing: the probe measures those.
 */
import { ELEMENT_TYPES, elementTypeFromOnnx } from './element-type.ts';
import { generatedSizes } from './generated-sizes.ts';
import { tensorsOf, type ValueSpec } from './signature.ts';
import type { ByteSource, ModelStructure, NodeRecord, TensorRecord } from './structure.ts';
import { denseBytes, elementTotal } from './tensor-size.ts';

export interface MemoryEstimate {
  readonly weights: number;
  readonly inputs: number;
  readonly outputs: number;
  /** Of nodes such as ConstantOfShape whose size is written in the model. */
  readonly generated: number;
  readonly largest: { readonly node: NodeRecord; readonly bytes: number } | undefined;
  readonly total: number;
}

interface EstimateInput {
  readonly structure: ModelStructure;
  /** Of all graphs, producers before consumers. */
  readonly nodes: readonly NodeRecord[];
  /** Of all graphs. */
  readonly tensors: readonly TensorRecord[];
  readonly source: ByteSource;
  /** Size of a free first dimension; other free dimensions count as 1. */
  readonly maxRows: number;
}

/** A JavaScript string and the runtime's copy of it, when short. */
const STRING_BYTES = 64;
/** Element bytes of a value whose type is not known. */
const USUAL_BYTES = 4;

export function estimateMemory({ structure, nodes, tensors, source, maxRows }: EstimateInput): MemoryEstimate {
  const weights = tensors.reduce((sum, each) => sum + (each.sparse ? 0 : weightBytes(each)), 0);
  const sizeOf = (values: readonly ValueSpec[]): number =>
    tensorsOf(values).reduce((sum, { elementType, shape }) => {
      const { onnx } = ELEMENT_TYPES[elementType];
      return sum + elements(shape, maxRows) * bytesOf(onnx);
    }, 0);
  const inputs = sizeOf(structure.signature.inputs);
  const outputs = sizeOf(structure.signature.outputs);
  const known = new Map(
    tensorsOf(structure.signature.inputs).map(({ name, shape }) => [name, elements(shape, maxRows)] as const),
  );
  let generated = 0;
  let largest: MemoryEstimate['largest'];
  for (const { node, elements: count, dataType } of generatedSizes({ nodes, tensors, source, known })) {
    const bytes = count * bytesOf(dataType);
    generated += bytes;
    if (bytes > (largest?.bytes ?? 0)) largest = { node, bytes };
  }
  return { weights, inputs, outputs, generated, largest, total: weights + inputs + outputs + generated };
}

function elements(shape: readonly (number | string | null)[] | null, maxRows: number): number {
  return (shape ?? []).reduce<number>((product, dim, index) => {
    if (typeof dim === 'number') return product * Math.max(0, dim);
    return index === 0 ? product * maxRows : product;
  }, 1);
}

function weightBytes(tensor: TensorRecord): number {
  // Impossible dims are MSV012's finding.
  return denseBytes(tensor) ?? (elementTotal(tensor.dims) ?? 0) * bytesOf(tensor.dataType);
}

function bytesOf(dataType: number): number {
  const type = elementTypeFromOnnx(dataType);
  const bits = type === undefined ? USUAL_BYTES * 8 : ELEMENT_TYPES[type].bits;
  return bits === null ? STRING_BYTES : bits / 8;
}
