/** Feature spec × signature → the codec that writes rows of named values straight into the model's input tensors. */
import { MlserveError } from '../errors.ts';
import { batchDimension } from '../model/batch.ts';
import { type Signature, tensorsOf } from '../model/signature.ts';
import type { FeatureCodec } from './codec.ts';
import { compileColumn } from './compile-column.ts';
import { inputLayout } from './input-layout.ts';
import { type ColumnPlan, type InputPlan, rowEncoder } from './row-encoder.ts';
import type { FeatureColumn, FeatureSpec } from './spec.ts';

/**
 * Compiles features that `checkFeatures` has no error about; throws CONFIG_INVALID otherwise. Encoders of a model without a
 * batch dimension, or one fixed at 1, take one row (see `batchDimension`).
 */
export function compileFeatures(spec: FeatureSpec, signature: Signature): FeatureCodec {
  const batch = batchDimension(signature);
  const inputs = tensorsOf(signature.inputs).map((input): InputPlan => {
    const columns = spec.columns.filter((column) => column.input === input.name);
    const layout = inputLayout(input, columns.length, batch);
    if (typeof layout === 'string') throw unfit(`The features cannot feed the input "${input.name}": ${layout}.`);
    if (layout.width !== columns.length) {
      throw unfit(`The input "${input.name}" takes ${layout.width} columns and the features give ${columns.length}.`);
    }
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
  const layout = inputs[input];
  if (layout === undefined) throw unfit(`The model has no input "${column.input}" for the column "${column.name}".`);
  return { ...compileColumn(column, layout.type), input, position: column.position };
}

function unfit(message: string): MlserveError {
  return new MlserveError('CONFIG_INVALID', message, { hint: 'run "mlserve validate" for all findings' });
}
