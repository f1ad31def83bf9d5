/** Parts of JSON Schema 2020-12, the dialect of OpenAPI 3.1: of elements, of nested arrays, of objects. */
import { isServable, type ServableType } from '../../model/element-type.ts';
import type { Dimension, TensorValue } from '../../model/signature.ts';
import type { PredictionValue } from '../../service/codec.ts';
import { BOUNDS, isFloat } from '../../service/element.ts';

/** Plain data that JSON can write; bigint digit by digit. */
export type Json = PredictionValue;
export type Schema = { readonly [keyword: string]: Json };

/** Without the members that are undefined. */
export function present(members: { readonly [name: string]: Json | undefined }): Schema {
  return Object.fromEntries(Object.entries(members).filter((entry): entry is [string, Json] => entry[1] !== undefined));
}

/** An object with exactly these members; those not named in `optional` must be there. */
export function objectOf(properties: Readonly<Record<string, Schema>>, optional: readonly string[] = []): Schema {
  const required = Object.keys(properties).filter((name) => !optional.includes(name));
  return present({ type: 'object', required: required.length > 0 ? required : undefined, properties });
}

export function arrayOf(items: Schema, length: { readonly min?: number; readonly max?: number } = {}): Schema {
  return present({ type: 'array', items, minItems: length.min, maxItems: length.max });
}

export const ref = (name: string): Schema => ({ $ref: `#/components/schemas/${name}` });

/** The schema itself where there is one alternative; nothing fits where there is none. */
export function anyOf(schemas: readonly Schema[]): Schema {
  const [only, ...others] = schemas;
  if (only === undefined) return { not: {} };
  return others.length === 0 ? only : { anyOf: schemas };
}

/** Names of the formats registered for OpenAPI; the others are told by their bounds. */
const FORMATS: Partial<Record<ServableType, string>> = {
  float32: 'float',
  float64: 'double',
  int8: 'int8',
  int16: 'int16',
  int32: 'int32',
  int64: 'int64',
  uint8: 'uint8',
  uint64: 'uint64',
};

/** One element of a tensor in a request. */
export function elementSchema(type: ServableType): Schema {
  if (type === 'string') return { type: 'string' };
  if (type === 'bool') return { type: 'boolean' };
  return present({
    type: isFloat(type) ? 'number' : 'integer',
    format: FORMATS[type],
    minimum: boundOf(type, 'min'),
    maximum: boundOf(type, 'max'),
  });
}

/** A bound of the type where it is worth saying: those of wide floats are hardly met, and a JSON number blurs those of 64 bits. */
export function boundOf(type: ServableType, side: 'min' | 'max'): number | undefined {
  if (type === 'string' || type === 'bool' || type === 'float32' || type === 'float64') return undefined;
  const bound = BOUNDS[type][side];
  return typeof bound === 'number' ? bound : bound === 0n ? 0 : undefined;
}

/** One element of a tensor in an answer: what JSON cannot write is null. */
export function answeredElement(type: TensorValue['elementType']): Schema {
  if (!isServable(type)) return {};
  return isFloat(type) ? { ...elementSchema(type), type: ['number', 'null'] } : elementSchema(type);
}

/** Arrays nested as the dimensions say; any nesting where they are unknown. */
export function nestedArrays(element: Schema, dims: readonly Dimension[] | undefined): Schema {
  if (dims === undefined) return { anyOf: [element, { type: 'array' }] };
  return [...dims].reverse().reduce<Schema>((inner, dim) => arrayOf(inner, lengthOf(dim)), element);
}

/** Bounds of the length of an array along a dimension. */
export function lengthOf(dim: Dimension | undefined): { readonly min?: number; readonly max?: number } {
  return typeof dim === 'number' && dim >= 0 ? { min: dim, max: dim } : {};
}
