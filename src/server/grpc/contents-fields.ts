/** The one table of typed contents: element type → the field of `InferTensorContents` that holds its elements, and how they lie there. */
import type { ServableType } from '../../model/element-type.ts';

export interface ContentsField {
  readonly name: string;
  readonly number: number;
  /** Bytes of one element, or how they say themselves where they end. */
  readonly element: 4 | 8 | 'varint' | 'bytes';
}

const INT: ContentsField = { name: 'int_contents', number: 2, element: 'varint' };
const UINT: ContentsField = { name: 'uint_contents', number: 4, element: 'varint' };

/** Undefined: travels as raw contents alone. */
export const CONTENTS: { readonly [T in ServableType]: ContentsField | undefined } = {
  bool: { name: 'bool_contents', number: 1, element: 'varint' },
  int8: INT,
  int16: INT,
  int32: INT,
  int64: { name: 'int64_contents', number: 3, element: 'varint' },
  uint8: UINT,
  uint16: UINT,
  uint32: UINT,
  uint64: { name: 'uint64_contents', number: 5, element: 'varint' },
  float16: undefined,
  float32: { name: 'fp32_contents', number: 6, element: 4 },
  float64: { name: 'fp64_contents', number: 7, element: 8 },
  string: { name: 'bytes_contents', number: 8, element: 'bytes' },
};

/** Fields of `InferTensorContents` have numbers up to this one. */
export const LAST_CONTENTS_FIELD = 8;
