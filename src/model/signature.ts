/** Types of a model's interface: what goes in and what comes out. Filled by the reader, used by every later stage. */
import type { ElementType } from './element-type.ts';

/** A fixed size, the name of a symbolic dimension, or null when the model says neither. */
export type Dimension = number | string | null;

export interface TensorValue {
  readonly kind: 'tensor';
  readonly name: string;
  readonly elementType: ElementType;
  /** null: the rank is unknown; `[]`: a scalar. */
  readonly shape: readonly Dimension[] | null;
}

/** An input or output that is not a dense tensor, so cannot be served as it is. */
export interface NonTensorValue {
  readonly kind: 'sequence' | 'map' | 'optional' | 'sparse' | 'opaque' | 'unknown';
  readonly name: string;
  /** The type as people write it: `sequence(map(int64, float32))`. */
  readonly description: string;
}

export type ValueSpec = TensorValue | NonTensorValue;

export interface Signature {
  /** Inputs that a request must give, in the model's order. */
  readonly inputs: readonly ValueSpec[];
  /** Inputs with an initializer as default (IR ≥ 4). onnxruntime-node always uses the default. */
  readonly defaultedInputs: readonly ValueSpec[];
  readonly outputs: readonly ValueSpec[];
}

/** The tensors among some values; the rules have refused the rest before anything is served. */
export function tensorsOf(values: readonly ValueSpec[]): readonly TensorValue[] {
  return values.filter((value): value is TensorValue => value.kind === 'tensor');
}
