/** The outputs of a model as its predictions name them → the schema of one prediction. Says of shapes what the signature says. */
import { batchDimension } from '../../model/batch.ts';
import { type Dimension, type Signature, type TensorValue, tensorsOf } from '../../model/signature.ts';
import type { OutputSpec } from '../../service/spec.ts';
import { answeredElement, arrayOf, type Json, lengthOf, objectOf, type Schema } from './schema.ts';

/** Member by member, in their order. */
export function predictionMembers(
  members: readonly OutputSpec[],
  signature: Signature,
): Readonly<Record<string, Schema>> {
  const hasBatch = batchDimension(signature) !== undefined;
  const outputs = tensorsOf(signature.outputs);
  return Object.fromEntries(
    members.map((member) => [
      member.name,
      memberSchema(
        member,
        outputs.find(({ name }) => name === member.from),
        hasBatch,
      ),
    ]),
  );
}

function memberSchema(spec: OutputSpec, output: TensorValue | undefined, hasBatch: boolean): Schema {
  if (output === undefined || output.shape === null) return {};
  const { shape, elementType } = output;
  const first = shape[0];
  const hasRows = hasBatch && shape.length > 0 && (typeof first !== 'number' || first === 1);
  const dims = hasRows ? shape.slice(1) : shape;
  const element = answeredElement(elementType);
  if (dims.length === 0 || (hasRows && dims.length === 1 && dims[0] === 1)) {
    return scalarSchema(spec, element, /^(bool|u?int)/.test(elementType));
  }
  const last = lastSchema(spec, element, dims.at(-1) ?? null);
  return dims.slice(0, -1).reduceRight<Schema>((inner, dim) => arrayOf(inner, lengthOf(dim)), last);
}

function scalarSchema({ labels, argmax, ...spec }: OutputSpec, element: Schema, isCode: boolean): Schema {
  if (labels === undefined) return argmax ? { const: 0 } : element;
  // A code without a label stays a number.
  return isCode ? { anyOf: [{ enum: labels }, element] } : lastSchema({ ...spec, labels, argmax }, element, 1);
}

function lastSchema({ labels, argmax }: OutputSpec, element: Schema, dim: Dimension): Schema {
  const list = arrayOf(element, lengthOf(dim));
  if (argmax) {
    const index: Schema = { type: ['integer', 'null'], minimum: 0 };
    if (labels === undefined) return index;
    const label: readonly Json[] = [...labels, null];
    return dim === labels.length ? { enum: label } : { anyOf: [{ enum: label }, index] };
  }
  if (labels === undefined) return list;
  const named = objectOf(Object.fromEntries(labels.map((label) => [label, element])));
  if (typeof dim === 'number') return dim === labels.length ? named : list;
  return { anyOf: [named, list] };
}
