/** Open Inference Protocol: metadata of the server and of a model, and whether they are live and ready. */
import { VERSION } from '../version.ts';
import type { ModelEntry, TensorPlan } from './model-entry.ts';
import { notReadyText } from './model-errors.ts';
import { type Answer, type Call, jsonAnswer, type Service } from './service.ts';

/** Clients call what they find here. Triton's extensions of sequences, shared memory, schedule policy, trace and logging are not served. */
const EXTENSIONS = [
  'binary_tensor_data',
  'classification',
  'model_configuration',
  'model_repository',
  'parameters',
  'statistics',
];

export function serverMetadata(service: Service): Answer {
  return jsonAnswer(200, describeServer(service));
}

export function describeServer({ spec }: Service): object {
  return { name: spec.server.name, version: VERSION, extensions: EXTENSIONS };
}

export function modelMetadata(service: Service, { entry }: Call): Answer {
  return jsonAnswer(200, describeModel(service, entry));
}

export function describeModel({ models }: Service, { identity, inputs, outputs, served }: ModelEntry): object {
  const { model, graph, weights, signature } = served.fingerprint;
  return {
    name: identity.name,
    versions: models()
      .byName.get(identity.name)
      ?.map((version) => version.identity.version),
    platform: 'onnxruntime_onnx',
    inputs: inputs.map(tensorMetadata),
    outputs: outputs.map(tensorMetadata),
    properties: { digest: model, graph, weights, signature },
  };
}

/** An unknown rank has no form in the protocol: one open dimension stands for it. */
function tensorMetadata({ name, datatype, dims }: TensorPlan): object {
  return { name, datatype, shape: dims ?? [-1] };
}

export function liveV2(): Answer {
  return jsonAnswer(200, { live: true });
}

/** KServe's client reads `ready`, Triton's the status, both the `error` of what is not 2xx. */
export function readyV2({ engine, isDraining }: Service): Answer {
  if (engine.isReady() && !isDraining()) return jsonAnswer(200, { ready: true });
  return jsonAnswer(503, {
    ready: false,
    error: isDraining() ? 'the server is shutting down' : 'not all models are ready',
  });
}

export function modelReadyV2({ engine, isDraining }: Service, { entry }: Call): Answer {
  const { name } = entry.identity;
  if (engine.status(entry.key)?.state === 'ready' && !isDraining()) return jsonAnswer(200, { name, ready: true });
  return jsonAnswer(503, { name, ready: false, error: notReadyText(entry.identity, 'error') });
}
