/** `POST /v2/models/{model}/infer`: an Open Inference Protocol request, in JSON or with tensors as bytes → its response. */
import { HEADER_LENGTH_FIELD } from './binary/header-length.ts';
import { countAnswer, limitsOf, runModel } from './run-model.ts';
import type { Answer, Call, Service } from './service.ts';
import { readV2Request } from './v2-request.ts';
import { writeV2Response } from './v2-response.ts';

export async function inferV2(service: Service, call: Call): Promise<Answer> {
  const { entry, request } = call;
  const headerLength = request.headers[HEADER_LENGTH_FIELD];
  const wanted = readV2Request(request.body, headerLength, entry, limitsOf(service, call));
  // Tensors that came as bytes lie in the body.
  if (headerLength === undefined) request.freeBody?.();
  const readAt = service.clock.monotonic();
  const result = await runModel(service, call, wanted);
  const ranAt = service.clock.monotonic();
  const answer = writeV2Response(entry, wanted, result.outputs);
  countAnswer(service, call, result, { rows: wanted.rows, readAt, ranAt });
  return answer;
}
