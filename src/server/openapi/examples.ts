/** A served model → bodies to try it with: its golden example, else a made-up row that fits; for V2 the same rows as tensors. */
import { batchDimension } from '../../model/batch.ts';
import { isServable, protocolName } from '../../model/element-type.ts';
import { sampleElements, sampleInputs } from '../../model/sample-input.ts';
import { type Signature, tensorsOf } from '../../model/signature.ts';
import type { FeatureCodec } from '../../service/codec.ts';
import { isObject } from '../../service/is-object.ts';
import { nestedValue } from '../../service/nested-value.ts';
import { featureEncoder } from '../../service/rows/encode-rows.ts';
import { isList, jsonText } from '../../service/rows/write-json.ts';
import { sampleRow } from '../../service/sample-row.ts';
import type { ServedModel } from '../contract.ts';
import type { Json } from './schema.ts';

/** Characters of a golden request, and elements of a made-up one, past which a page with it is no help to anyone. */
const LONGEST_REQUEST = 2 ** 16;
const MOST_ELEMENTS = 2 ** 12;

/** A body of `/predict`. Undefined when the smallest input is too large to show, or no text fits a pattern. */
export function predictExample({ spec, signature, golden }: ServedModel): Json | undefined {
  if (golden !== undefined && jsonText(golden.request).length <= LONGEST_REQUEST) return golden.request;
  if (spec.features !== undefined) {
    const row = sampleRow(spec.features.columns);
    return row === undefined ? undefined : { instances: [row] };
  }
  if (sampleElements(signature) > MOST_ELEMENTS) return undefined;
  const hasRows = batchDimension(signature) !== undefined;
  const values = [...sampleInputs(signature, { text: 'example' })].map(([name, tensor]): readonly [string, Json] => {
    const whole = nestedValue(tensor);
    return [name, hasRows && isList(whole) ? (whole[0] ?? null) : whole];
  });
  const [only] = values;
  return { instances: [only !== undefined && values.length === 1 ? only[1] : Object.fromEntries(values)] };
}

/** The same rows as the body of a V2 inference. */
export function inferExample({ signature, features }: ServedModel, example: Json | undefined): Json | undefined {
  const whole = isObject(example) ? wholeTensors(example, signature, features) : undefined;
  if (whole === undefined) return undefined;
  const inputs = tensorsOf(signature.inputs).map(({ name, elementType }) => {
    const value = whole.get(name) ?? null;
    const datatype = isServable(elementType) ? protocolName(elementType) : '';
    return { name, datatype, shape: lengthsOf(value), data: flat(value) };
  });
  return inputs.some(({ data }) => data.some(isUnwritable)) ? undefined : { inputs };
}

/** A missing number is NaN in the tensor. */
function isUnwritable(value: Json): boolean {
  return value === null || (typeof value === 'number' && !Number.isFinite(value));
}

/** Every input whole, as nested arrays. */
function wholeTensors(
  { instances, inputs }: { readonly [name: string]: Json },
  signature: Signature,
  features: FeatureCodec | undefined,
): ReadonlyMap<string, Json> | undefined {
  if (isObject(inputs)) return new Map(Object.entries(inputs));
  if (instances === undefined || !isList(instances)) return undefined;
  if (features !== undefined) {
    const { runs, bad } = featureEncoder(features)(instances.map((value, at) => ({ line: at + 1, value })));
    const [run] = runs;
    if (run === undefined || bad.size > 0) return undefined;
    return new Map([...run.inputs].map(([name, tensor]) => [name, nestedValue(tensor)]));
  }
  const hasRows = batchDimension(signature) !== undefined;
  return new Map(
    tensorsOf(signature.inputs).map(({ name }) => {
      const rows = instances.map((row) => (isObject(row) ? (row[name] ?? null) : row));
      return [name, hasRows ? rows : (rows[0] ?? null)];
    }),
  );
}

function lengthsOf(value: Json): readonly number[] {
  return typeof value === 'object' && value !== null && isList(value)
    ? [value.length, ...lengthsOf(value[0] ?? 0)]
    : [];
}

function flat(value: Json): readonly Json[] {
  return typeof value === 'object' && value !== null && isList(value) ? value.flatMap(flat) : [value];
}
