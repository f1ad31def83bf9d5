/** The features or the signature of a model → the schema of one row, and of its whole inputs, as `/predict` takes them. */
import { batchDimension } from '../../model/batch.ts';
import { isServable, type ServableType } from '../../model/element-type.ts';
import { type Signature, type TensorValue, tensorsOf } from '../../model/signature.ts';
import { isFloat } from '../../service/element.ts';
import type { FeatureColumn, FeatureSpec } from '../../service/spec.ts';
import { anyOf, boundOf, elementSchema, nestedArrays, objectOf, present, type Schema } from './schema.ts';

/** An object of features, or their values in the order of the columns. */
export function featureRow({ columns, onUnknownColumn }: FeatureSpec, signature: Signature): Schema {
  const inputs = tensorsOf(signature.inputs);
  const schemas = columns.map((column) => columnSchema(column, typeOf(inputs, column.input)));
  const optional = columns.filter(({ onMissing }) => onMissing !== 'reject').map(({ name }) => name);
  const byName = objectOf(Object.fromEntries(columns.map(({ name }, at) => [name, schemas[at] as Schema])), optional);
  const last = columns.findLastIndex(({ onMissing }) => onMissing === 'reject');
  return {
    anyOf: [
      { title: 'By name', ...byName, ...(onUnknownColumn === 'reject' ? { additionalProperties: false } : {}) },
      {
        title: 'In order',
        description: `The values alone, in this order: ${columns.map(({ name }) => name).join(', ')}.`,
        type: 'array',
        prefixItems: schemas,
        minItems: last + 1,
        maxItems: columns.length,
      },
    ],
  };
}

function typeOf(inputs: readonly TensorValue[], name: string): ServableType {
  const type = inputs.find((input) => input.name === name)?.elementType;
  if (type === undefined || !isServable(type)) throw new Error(`features that were checked have no input "${name}"`);
  return type;
}

function columnSchema(column: FeatureColumn, type: ServableType): Schema {
  const { unit, onMissing } = column;
  const isOptional = onMissing !== 'reject';
  return present({
    ...(isOptional ? orNull(valueSchema(column, type)) : valueSchema(column, type)),
    description: describe(unit, onMissing === 'nan'),
    default: typeof onMissing === 'object' ? onMissing.impute : undefined,
  });
}

function describe(unit: string | undefined, isNan: boolean): string | undefined {
  const parts = [...(unit === undefined ? [] : [`In ${unit}.`]), ...(isNan ? ['Not a number when missing.'] : [])];
  return parts.length === 0 ? undefined : parts.join(' ');
}

/** A missing value may be written as null. */
function orNull(schema: Schema): Schema {
  if (typeof schema.type === 'string') return { ...schema, type: [schema.type, 'null'] };
  if (Array.isArray(schema.enum)) return { ...schema, enum: [...schema.enum, null] };
  return { anyOf: [schema, { type: 'null' }] };
}

function valueSchema(column: FeatureColumn, type: ServableType): Schema {
  const { min, max, pattern, maxLength } = column;
  switch (column.type) {
    case 'boolean':
      return { type: 'boolean' };
    case 'string':
      return present({ type: 'string', maxLength, pattern });
    case 'category':
      return categorySchema(column);
    default:
      return present({
        // An integer that becomes a float is no float in the request.
        ...(column.type === 'integer' && isFloat(type) ? {} : elementSchema(type)),
        type: column.type,
        minimum: tighter(Math.max, min, boundOf(type, 'min')),
        maximum: tighter(Math.min, max, boundOf(type, 'max')),
      });
  }
}

function tighter(
  pick: (a: number, b: number) => number,
  a: number | undefined,
  b: number | undefined,
): number | undefined {
  return a === undefined || b === undefined ? (a ?? b) : pick(a, b);
}

/** A label is known by its text, so `1` and `true` name the labels "1" and "true". */
function categorySchema({ values, onUnknown }: FeatureColumn): Schema {
  const labels = values instanceof Map ? [...values.keys()] : [...((values ?? []) as readonly string[])];
  const bare = labels.flatMap((label): (number | boolean)[] => {
    if (label === 'true' || label === 'false') return [label === 'true'];
    const number = Number(label);
    return Number.isFinite(number) && String(number) === label ? [number] : [];
  });
  const known: Schema = bare.length > 0 ? { enum: [...labels, ...bare] } : { type: 'string', enum: labels };
  // What is no label counts as missing.
  return onUnknown === 'ignore' ? { anyOf: [known, { type: ['string', 'number', 'boolean'] }] } : known;
}

/** A row of a model without features: an object of input values, or the value itself where there is one input. */
export function tensorRow(signature: Signature): Schema {
  const inputs = tensorsOf(signature.inputs);
  const isBatched = batchDimension(signature) !== undefined;
  const values = inputs.map(({ elementType, shape }) =>
    nested(elementType, shape === null ? undefined : isBatched ? shape.slice(1) : shape),
  );
  const named = closed(inputs, values);
  const [only] = values;
  return only !== undefined && values.length === 1 ? anyOf([only, named]) : named;
}

/** The member `inputs`: every tensor whole. */
export function wholeInputs(signature: Signature): Schema {
  const inputs = tensorsOf(signature.inputs);
  return closed(
    inputs,
    inputs.map(({ elementType, shape }) => nested(elementType, shape ?? undefined)),
  );
}

function nested(type: TensorValue['elementType'], dims: TensorValue['shape'] | undefined): Schema {
  return nestedArrays(isServable(type) ? elementSchema(type) : {}, dims ?? undefined);
}

function closed(inputs: readonly TensorValue[], values: readonly Schema[]): Schema {
  const members = Object.fromEntries(inputs.map(({ name }, at) => [name, values[at] as Schema]));
  return { ...objectOf(members), additionalProperties: false };
}
