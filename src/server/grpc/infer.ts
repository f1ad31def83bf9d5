/** `ModelInfer`, and each request of `ModelStreamInfer`: a message → the response of the model it names. */
import { whyBusy } from '../admission.ts';
import { countAnswer, runModel } from '../run-model.ts';
import type { Service } from '../service.ts';
import type { Attempt } from './attempt.ts';
import { fitMessage } from './fit-message.ts';
import { type AddressedModel, type InferMessage, readInferMessage } from './infer-message.ts';
import { inferResponse } from './infer-response.ts';

export async function infer(service: Service, attempt: Attempt): Promise<object> {
  const { call, startedAt } = attempt;
  const message = readMessage(service, attempt);
  attempt.id = message.id;
  const entry = attempt.address(service.models(), message.modelName, message.modelVersion);
  const busy = whyBusy(service.engine, entry);
  if (busy !== undefined) throw busy;
  const wanted = fitMessage(message, entry, entry.served.spec.limits.rowsPerRequest);
  const readAt = service.clock.monotonic();
  const timeoutMs = earliest(wanted.timeoutMs, call.timeoutMs);
  const result = await runModel(service, { entry, request: call }, { ...wanted, timeoutMs });
  attempt.ran = result;
  const ranAt = service.clock.monotonic();
  const response = inferResponse(entry, wanted, result.outputs, message.isFinalWanted);
  countAnswer(service, { entry, startedAt }, result, { rows: wanted.rows, readAt, ranAt });
  return response;
}

/** A message that cannot be read is about the model it names, like any other. */
function readMessage(service: Service, attempt: Attempt): InferMessage {
  const addressed: AddressedModel = { modelName: '', modelVersion: '' };
  try {
    return readInferMessage(attempt.call.bytes, addressed);
  } catch (error) {
    const { modelName, modelVersion } = addressed;
    if (modelName !== '') attempt.address(service.models(), modelName, modelVersion);
    throw error;
  }
}

function earliest(one: number | undefined, other: number | undefined): number | undefined {
  return one === undefined || other === undefined ? (one ?? other) : Math.min(one, other);
}
