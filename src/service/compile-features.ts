/** Feature spec × signature → the codec that writes rows of named values straight into the model's input tensors. */
import { batchDimension } from '../model/batch.ts';
import { type Signature, tensorsOf } from '../model/signature.ts';
import { checkInputs } from './check-inputs.ts';
import type { FeatureCodec } from './codec.ts';
import { compileColumn } from './compile-column.ts';
import { inputLayout } from './input-layout.ts';
import { refuseErrors } from './refuse-errors.ts';
import { type ColumnPlan, type InputPlan, rowEncoder } from './row-encoder.ts';
import type { FeatureColumn, FeatureSpec } from './spec.ts';

/**
 * Throws CONFIG_INVALID with the findings when the features do not fit. Encoders of a model without a batch dimension, or one
 * fixed at 1, take one row (see `batchDimension`).
 */
export function compileFeatures(spec: FeatureSpec, signature: Signature): FeatureCodec {
  refuseErrors('the features do not fit the model', checkInputs(spec, signature, 'features'));
  const batch = batchDimension(signature);
  const inputs = tensorsOf(signature.inputs).map((input): InputPlan => {
    const layout = inputLayout(input, spec.columns.filter((column) => column.input === input.name).length, batch);
    if (typeof layout === 'string') throw new Error(`an input that was checked does not fit: ${layout}`);
    return { ...layout, name: input.name };
  });
  const columns = spec.columns.map((column) => planColumn(column, inputs));
  return {
    columns: spec.columns,
    indexOf: new Map(spec.columns.map((column, at) => [column.name, at])),
    onUnknownColumn: spec.onUnknownColumn,
    encoder: (capacity) => rowEncoder({ inputs, columns, capacity }),
  };
}

function planColumn(column: FeatureColumn, inputs: readonly InputPlan[]): ColumnPlan {
  const input = inputs.findIndex(({ name }) => name === column.input);
  const { type, width } = inputs[input] as InputPlan;
  const compiled = compileColumn(column, type);
  const isPlain = compiled.kind === 'number' && compiled.storage === 'plain';
  return {
    ...compiled,
    input,
    position: column.position,
    width,
    low: isPlain ? Number(compiled.bounds.min) : Number.NaN,
    high: isPlain ? Number(compiled.bounds.max) : Number.NaN,
  };
}
