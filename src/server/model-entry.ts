/** A served model → everything that can be worked out before the first request: its inputs, keys, and the fixed parts of answers. */
import { type BatchDimension, batchDimension } from '../model/batch.ts';
import { isServable, protocolName, type ServableType } from '../model/element-type.ts';
import { type Dimension, type TensorValue, tensorsOf, type ValueSpec } from '../model/signature.ts';
import type { Log } from '../ports.ts';
import type { ServedModel } from './contract.ts';
import { type Identity, shortDigest } from './identity.ts';
import { type KeySet, keySet } from './json/key-set.ts';
import { UNKNOWN } from './json/read-nested.ts';
import type { ModelMetrics } from './metrics.ts';
import { type FeatureReader, featureReader } from './read-features.ts';

export interface TensorPlan {
  readonly name: string;
  readonly type: ServableType;
  /** Open Inference Protocol name of the type. */
  readonly datatype: string;
  /** Null when the model does not say the rank. */
  readonly shape: readonly Dimension[] | null;
  /** Lengths for the reader, `UNKNOWN` where the model leaves them open; null as `shape`. */
  readonly dims: readonly number[] | null;
}

export interface ModelEntry {
  /** Of the loaded model in the engine. */
  readonly key: string;
  readonly served: ServedModel;
  readonly identity: Identity;
  readonly inputs: readonly TensorPlan[];
  readonly inputKeys: KeySet;
  /** Undefined when the model speaks raw tensors only. */
  readonly features: FeatureReader | undefined;
  readonly defaulted: ReadonlySet<string>;
  readonly outputs: readonly TensorPlan[];
  readonly outputNames: ReadonlySet<string>;
  /** By output: the start of its V2 object, `{"name":…,"datatype":…,`. */
  readonly outputHeads: ReadonlyMap<string, string>;
  /** The start of a V2 response: `"model_name":…,"model_version":…,"outputs":[`. */
  readonly responseHead: string;
  readonly batch: BatchDimension | undefined;
  /** `{"name":…,"version":…,"digest":…}` */
  readonly identityJson: string;
  readonly metrics: ModelMetrics;
  readonly log: Log;
}

export function modelEntry(served: ServedModel, log: Log, metrics: ModelMetrics): ModelEntry {
  const { spec, signature, fingerprint } = served;
  const identity = { name: spec.name, version: spec.version, digest: fingerprint.model };
  const inputs = tensorsOf(signature.inputs).map(tensorPlan);
  const outputs = servable(signature.outputs).map(tensorPlan);
  return {
    key: served.key,
    served,
    identity,
    inputs,
    inputKeys: keySet(inputs.map((input) => input.name)),
    features: served.features === undefined ? undefined : featureReader(served.features),
    defaulted: new Set(signature.defaultedInputs.map((input) => input.name)),
    outputs,
    outputNames: new Set(outputs.map((output) => output.name)),
    outputHeads: new Map(
      outputs.map(({ name, datatype }) => [name, `{"name":${JSON.stringify(name)},"datatype":"${datatype}",`]),
    ),
    responseHead: `"model_name":${JSON.stringify(spec.name)},"model_version":${JSON.stringify(spec.version)},"outputs":[`,
    batch: batchDimension(signature),
    identityJson: JSON.stringify(identity),
    metrics,
    log: log.child({ model: identity.name, version: identity.version, digest: shortDigest(identity.digest) }),
  };
}

/** Outputs the runtime cannot return are not offered; the rules have said so. */
function servable(values: readonly ValueSpec[]): readonly TensorValue[] {
  return tensorsOf(values).filter((value) => isServable(value.elementType));
}

export function tensorPlan({ name, elementType, shape }: TensorValue): TensorPlan {
  if (!isServable(elementType)) throw new Error(`the rules let through an input of type ${elementType}`);
  const dims = shape?.map((dimension) => (typeof dimension === 'number' ? dimension : UNKNOWN)) ?? null;
  return { name, type: elementType, datatype: protocolName(elementType), shape, dims };
}

/** Dims for people: `[-1,4]`. */
export function dimsText(dims: readonly number[] | null): string {
  return dims === null ? 'any shape' : `[${dims.join(',')}]`;
}
