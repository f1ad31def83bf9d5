/** `POST /v2/models/{model}/infer`: an Open Inference Protocol request in JSON → its response. */
import type { Tensors } from '../model/tensor.ts';
import { writeTensorData } from './json/write-json.ts';
import type { ModelEntry } from './model-entry.ts';
import { Refusal } from './refusal.ts';
import { limitsOf, runModel } from './run-model.ts';
import { type Answer, type Call, JSON_TYPE, type Service } from './service.ts';
import { readV2Request } from './v2-request.ts';

export async function inferV2(service: Service, call: Call): Promise<Answer> {
  const { entry, request } = call;
  if (request.headers['inference-header-content-length'] !== undefined) {
    throw new Refusal(400, 'the binary tensor data extension is not supported; send the request as JSON alone');
  }
  const wanted = readV2Request(request.body, entry, limitsOf(service, call));
  const result = await runModel(service, call, wanted);
  entry.metrics.countRun(result);
  return { status: 200, type: JSON_TYPE, body: writeResponse(entry, wanted.id, wanted.outputs, result.outputs) };
}

/** Member order as Triton has it; `model_version` is always a string; `id` only when the request had one. */
function writeResponse(entry: ModelEntry, id: string | undefined, names: readonly string[], outputs: Tensors): string {
  const { name, version } = entry.identity;
  let text = id === undefined ? '{' : `{"id":${JSON.stringify(id)},`;
  text += `"model_name":${JSON.stringify(name)},"model_version":${JSON.stringify(version)},"outputs":[`;
  names.forEach((output, at) => {
    const tensor = outputs.get(output);
    const head = entry.outputHeads.get(output);
    if (tensor === undefined || head === undefined) throw new Error(`the engine gave no output "${output}"`);
    text += `${at === 0 ? '' : ','}${head}"shape":[${tensor.dims.join(',')}],"data":${writeTensorData(tensor)}}`;
  });
  return `${text}]}`;
}
