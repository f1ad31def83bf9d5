/** What the engine answered × what the client asked for → the V2 response: JSON, and after it the bytes of outputs that were asked for so. */
import { Buffer } from 'node:buffer';
import type { Tensor, Tensors } from '../model/tensor.ts';
import { HEADER_LENGTH } from './binary/header-length.ts';
import { writeBinary } from './binary/write-binary.ts';
import { classify } from './classify.ts';
import { writeTensorData } from './json/write-json.ts';
import type { ModelEntry } from './model-entry.ts';
import { type Answer, JSON_TYPE } from './service.ts';
import type { V2Request } from './v2-request.ts';

const BINARY_TYPE = 'application/octet-stream';

/** Member order as Triton has it; `model_version` is always a string; `id` only when the request had one. */
export function writeV2Response(entry: ModelEntry, request: V2Request, results: Tensors): Answer {
  const { id, outputs, forms } = request;
  let text = (id === undefined ? '{' : `{"id":${JSON.stringify(id)},`) + entry.responseHead;
  const blobs: Uint8Array[] = [];
  for (let at = 0; at < outputs.length; at++) {
    const output = outputs[at] as string;
    const { binary = false, classes } = forms[at] ?? {};
    const tensor = tensorOf(entry, request, at, results);
    if (at > 0) text += ',';
    text += `${headOf(entry, output, classes)}"shape":[${tensor.dims.join(',')}],`;
    if (binary) {
      const blob = writeBinary(tensor);
      text += `"parameters":{"binary_data_size":${blob.length}}}`;
      if (blob.length > 0) blobs.push(blob);
    } else {
      text += `"data":${writeTensorData(tensor)}}`;
    }
  }
  text += ']}';
  // Clients take the header for "there are bytes".
  if (blobs.length === 0) return { status: 200, type: JSON_TYPE, body: text };
  const headers = { [HEADER_LENGTH]: String(Buffer.byteLength(text)) };
  return { status: 200, type: BINARY_TYPE, body: text, blobs, headers };
}

/** `{"name":…,"datatype":…,`. */
function headOf(entry: ModelEntry, output: string, classes: number | undefined): string {
  if (classes !== undefined) return `{"name":${JSON.stringify(output)},"datatype":"BYTES",`;
  const head = entry.outputHeads.get(output);
  if (head === undefined) throw new Error(`the model has no output "${output}"`);
  return head;
}

/** Of the output at this place of the request: what the engine gave, or its classes. */
export function tensorOf(entry: ModelEntry, { rows, outputs, forms }: V2Request, at: number, results: Tensors): Tensor {
  const output = outputs[at] as string;
  const tensor = results.get(output);
  if (tensor === undefined) throw new Error(`the engine gave no output "${output}"`);
  const classes = forms[at]?.classes;
  if (classes === undefined) return tensor;
  const labels = entry.served.spec.outputs.find((spec) => spec.from === output && spec.labels !== undefined)?.labels;
  return classify(tensor, { classes, rows: entry.batch === undefined ? undefined : rows, labels });
}
