/** `POST /predict`: rows of features or raw tensors → one prediction a row, with the identity of the model that made it. */
import { listText } from '../service/rows/write-json.ts';
import { CLOSE_BRACE, JsonReader, OPEN_BRACE, OPEN_BRACKET } from './json/json-reader.ts';
import { keySet } from './json/key-set.ts';
import { skipValue } from './json/read-value.ts';
import { refuseTwice, SeenKeys } from './json/seen-keys.ts';
import type { ModelEntry } from './model-entry.ts';
import { readFeatures } from './read-features.ts';
import { readInputs, readRows } from './read-tensors.ts';
import { pointerStep, Violations } from './refusal.ts';
import { type RowBatch, rowLimit } from './row-batch.ts';
import { type BodyLimits, countAnswer, limitsOf, runModel } from './run-model.ts';
import { type Answer, type Call, JSON_TYPE, type Service } from './service.ts';

/** The answer is `{"model": {name, version, digest}, "requestId": …, "predictions": […]}`. */
export async function predict(service: Service, call: Call): Promise<Answer> {
  const { entry, request, requestId } = call;
  const batch = readPredictBody(request.body, entry, limitsOf(service, call));
  const { outputs } = entry.served;
  request.freeBody?.();
  const readAt = service.clock.monotonic();
  const result = await runModel(service, call, { ...batch, outputs: outputs.wanted });
  const ranAt = service.clock.monotonic();
  const predictions = listText(outputs.decode(result.outputs, batch.rows));
  countAnswer(service, call, result, { rows: batch.rows, readAt, ranAt });
  return {
    status: 200,
    type: JSON_TYPE,
    body: `{"model":${entry.identityJson},"requestId":"${requestId}","predictions":${predictions}}`,
  };
}

const KEYS = keySet(['instances', 'inputs']);
const INSTANCES = 0;
const WHAT = 'an object with "instances" (an array of rows) or "inputs" (an object of tensors)';

/** Throws `JsonError` for what is not JSON, and the 422 that lists what does not fit the model. */
export function readPredictBody(body: Uint8Array, entry: ModelEntry, limits: BodyLimits): RowBatch {
  const reader = new JsonReader(body, limits.jsonDepth);
  const violations = new Violations();
  if (reader.peek() !== OPEN_BRACE) {
    skipValue(reader);
    reader.end();
    violations.add('', 'type', WHAT);
    violations.check();
  }
  let found: number | undefined;
  let batch: RowBatch | undefined;
  let others: SeenKeys | undefined;
  reader.open(OPEN_BRACE);
  for (let first = true; reader.more(first, CLOSE_BRACE); first = false) {
    const key = reader.keyIn(KEYS, INSTANCES);
    if (typeof key === 'string') {
      others ??= new SeenKeys();
      others.add(reader, key);
      skipValue(reader);
      continue;
    }
    if (found === key) refuseTwice(reader);
    if (found !== undefined) {
      skipValue(reader);
      violations.add(pointerStep(KEYS.names[key] as string), 'unknown', 'either "instances" or "inputs", not both');
      continue;
    }
    found = key;
    batch = readMember(reader, key, entry, violations, limits);
  }
  reader.end();
  if (found === undefined) violations.add('', 'missing', WHAT);
  violations.check();
  return batch as RowBatch;
}

function readMember(
  reader: JsonReader,
  key: number,
  entry: ModelEntry,
  violations: Violations,
  limits: BodyLimits,
): RowBatch | undefined {
  const limit = rowLimit(entry.batch, limits.rowsPerRequest);
  const isInstances = key === INSTANCES;
  if (reader.peek() !== (isInstances ? OPEN_BRACKET : OPEN_BRACE)) {
    skipValue(reader);
    violations.add(
      pointerStep(KEYS.names[key] as string),
      'type',
      isInstances ? 'an array of rows' : 'an object of tensors',
    );
    return undefined;
  }
  if (!isInstances) return readInputs({ reader, entry, violations, limit });
  if (entry.features !== undefined) return readFeatures(reader, entry.features, violations, limit);
  return readRows({ reader, entry, violations, limit });
}
