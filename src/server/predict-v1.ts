/** KServe V1, whose shapes SageMaker and Vertex AI share: rows in, `{"predictions": […]}` out; the models by name, and whether they are ready. */
import type { OutputCodec, PredictionValue } from '../service/codec.ts';
import { isObject } from '../service/is-object.ts';
import { listText } from '../service/rows/write-json.ts';
import { notReadyText } from './model-errors.ts';
import { readPredictBody } from './predict.ts';
import type { RowBatch } from './row-batch.ts';
import { countAnswer, limitsOf, runModel } from './run-model.ts';
import { type Answer, type Call, JSON_TYPE, jsonAnswer, type Service } from './service.ts';

/** Takes the body of `/predict`. */
export async function predictV1(service: Service, call: Call): Promise<Answer> {
  const batch = readPredictBody(call.request.body, call.entry, limitsOf(service, call));
  return await answerPredictions(service, call, batch, predictionsAnswer);
}

export function predictionsAnswer(predictions: readonly PredictionValue[]): Answer {
  return { status: 200, type: JSON_TYPE, body: `{"predictions":${listText(predictions)}}` };
}

/** One prediction a row, without which model made it: the headers say that. */
export async function answerPredictions(
  service: Service,
  call: Call,
  batch: RowBatch,
  write: (predictions: readonly PredictionValue[]) => Answer,
): Promise<Answer> {
  const { outputs } = call.entry.served;
  const readAt = service.clock.monotonic();
  const result = await runModel(service, call, { ...batch, outputs: outputs.wanted });
  const ranAt = service.clock.monotonic();
  const answer = write(bare(outputs, outputs.decode(result.outputs, batch.rows)));
  countAnswer(service, call, result, { rows: batch.rows, readAt, ranAt });
  return answer;
}

/** The value alone where a prediction has one member, as TensorFlow Serving, from which V1 comes, has it. */
function bare({ members }: OutputCodec, predictions: readonly PredictionValue[]): readonly PredictionValue[] {
  const [only, ...others] = members;
  if (only === undefined || others.length > 0) return predictions;
  return predictions.map((prediction) => (isObject(prediction) ? (prediction[only.name] ?? null) : prediction));
}

export function listModelsV1({ models }: Service): Answer {
  return jsonAnswer(200, { models: [...models().byName.keys()] });
}

/** Of the version that `:predict` means. */
export function modelReadyV1({ engine, isDraining }: Service, { entry }: Call): Answer {
  const { identity, key } = entry;
  const isReady = engine.status(key)?.state === 'ready' && !isDraining();
  if (isReady) return jsonAnswer(200, { name: identity.name, ready: true });
  return jsonAnswer(503, { error: notReadyText(identity, 'v1') });
}
