/** Feature columns for tests: what a test does not care about has its default. */
import type { Signature, TensorValue } from '../../src/model/signature.ts';
import type { FeatureColumn } from '../../src/service/spec.ts';

type Given = Partial<FeatureColumn> & Pick<FeatureColumn, 'name' | 'type'>;

export function column(given: Given): FeatureColumn {
  return {
    input: 'x',
    position: 0,
    min: undefined,
    max: undefined,
    unit: undefined,
    values: undefined,
    pattern: undefined,
    maxLength: undefined,
    onMissing: 'reject',
    onUnknown: 'reject',
    ...given,
  };
}

/** Columns of one matrix input, in order. */
export function columns(...given: readonly Given[]): readonly FeatureColumn[] {
  return given.map((one, position) => column({ position, ...one }));
}

export function tensor(
  name: string,
  elementType: TensorValue['elementType'],
  shape: TensorValue['shape'],
): TensorValue {
  return { kind: 'tensor', name, elementType, shape };
}

export function signature(inputs: readonly TensorValue[], outputs: readonly TensorValue[] = []): Signature {
  return { inputs, defaultedInputs: [], outputs };
}
