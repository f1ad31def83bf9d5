/** What the engine answered × what the client asked for → a `ModelInferResponse`. Data are always raw: the one form that every client reads. */

import { protocolName } from '../../model/element-type.ts';
import type { Tensors } from '../../model/tensor.ts';
import { writeBinary } from '../binary/write-binary.ts';
import type { ModelEntry } from '../model-entry.ts';
import type { V2Request } from '../v2-request.ts';
import { tensorOf } from '../v2-response.ts';

export interface InferResponse {
  readonly model_name: string;
  readonly model_version: string;
  readonly id: string;
  readonly parameters: Readonly<Record<string, object>>;
  readonly outputs: readonly { readonly name: string; readonly datatype: string; readonly shape: readonly number[] }[];
  readonly raw_output_contents: readonly Uint8Array[];
}

const FINAL = { triton_final_response: { bool_param: true } };
const NONE = {};

/** `isFinalWanted`: whether the client asked to be told that this is the last response to its request, as each one is. */
export function inferResponse(
  entry: ModelEntry,
  request: V2Request,
  results: Tensors,
  isFinalWanted: boolean,
): InferResponse {
  const { name, version } = entry.identity;
  const tensors = request.outputs.map((output, at) => ({ output, tensor: tensorOf(entry, request, at, results) }));
  return {
    model_name: name,
    model_version: version,
    id: request.id ?? '',
    parameters: isFinalWanted ? FINAL : NONE,
    outputs: tensors.map(({ output, tensor }) => ({
      name: output,
      datatype: protocolName(tensor.type),
      shape: tensor.dims,
    })),
    raw_output_contents: tensors.map(({ tensor }) => writeBinary(tensor)),
  };
}
