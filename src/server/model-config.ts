/** A served model → its description in the words of the model configuration extension. */
import type { ServableType } from '../model/element-type.ts';
import type { ModelEntry, TensorPlan } from './model-entry.ts';

export interface TensorConfig {
  readonly name: string;
  readonly data_type: string;
  readonly dims: readonly number[];
}

export interface InputConfig extends TensorConfig {
  readonly format: 'FORMAT_NONE' | 'FORMAT_NCHW' | 'FORMAT_NHWC';
  readonly is_shape_tensor: boolean;
  readonly allow_ragged_batch: boolean;
  readonly optional: boolean;
}

export interface ModelConfig {
  readonly name: string;
  readonly platform: string;
  readonly backend: string;
  readonly version_policy: { readonly specific: { readonly versions: readonly string[] } };
  readonly max_batch_size: number;
  readonly input: readonly InputConfig[];
  readonly output: readonly TensorConfig[];
  readonly instance_group: readonly { readonly kind: string; readonly count: number }[];
  /** Only when requests share runs. */
  readonly dynamic_batching?: { readonly max_queue_delay_microseconds: number };
  readonly model_transaction_policy: { readonly decoupled: boolean };
  readonly response_cache: { readonly enable: boolean };
}

const TYPES: { readonly [T in ServableType]?: string } = { string: 'TYPE_STRING' };

/** `versions`: all that are served under the name. `sharesRuns`: whether requests may be answered by one run. */
export function modelConfig(entry: ModelEntry, versions: readonly string[], sharesRuns: boolean): ModelConfig {
  const { identity, inputs, outputs, served } = entry;
  const { engine, batching } = served.spec;
  const most = mostRows(entry);
  const dimsOf = ({ dims }: TensorPlan): readonly number[] => (most > 0 ? (dims?.slice(1) ?? [-1]) : (dims ?? [-1]));
  const delay = { max_queue_delay_microseconds: batching.maxDelayMs * 1000 };
  return {
    name: identity.name,
    platform: 'onnxruntime_onnx',
    backend: 'onnxruntime',
    version_policy: { specific: { versions } },
    max_batch_size: most,
    input: inputs.map((plan) => ({
      name: plan.name,
      data_type: typeOf(plan),
      format: formatOf(dimsOf(plan)),
      dims: dimsOf(plan),
      is_shape_tensor: false,
      allow_ragged_batch: false,
      optional: false,
    })),
    output: outputs.map((plan) => ({ name: plan.name, data_type: typeOf(plan), dims: dimsOf(plan) })),
    instance_group: [{ kind: 'KIND_CPU', count: engine.instances }],
    ...(sharesRuns ? { dynamic_batching: delay } : {}),
    model_transaction_policy: { decoupled: false },
    response_cache: { enable: false },
  };
}

/**
 * `max_batch_size`: 0 says that the first dimension of a tensor is no number of rows, which then is one of its `dims`. So it is where an input has
 * no such dimension, and where an output does not have the rows of the inputs.
 */
function mostRows({ batch, outputs, served }: ModelEntry): number {
  const haveRows = outputs.every(
    ({ dims }) => dims === null || (dims.length > 0 && (dims[0] as number) < 0) || (batch === 'one' && dims[0] === 1),
  );
  if (batch === undefined || !haveRows) return 0;
  return batch === 'one' ? 1 : served.spec.limits.rowsPerRequest;
}

function typeOf({ type, datatype }: TensorPlan): string {
  return TYPES[type] ?? `TYPE_${datatype}`;
}

/** Colours or grey in front of two dimensions, or behind: what image clients ask for before they send a picture. */
function formatOf(dims: readonly number[]): InputConfig['format'] {
  if (dims.length !== 3) return 'FORMAT_NONE';
  const isColour = (dim: number | undefined): boolean => dim === 1 || dim === 3;
  const [first, , last] = dims;
  if (isColour(first) === isColour(last)) return 'FORMAT_NONE';
  return isColour(first) ? 'FORMAT_NCHW' : 'FORMAT_NHWC';
}
