/** The `parameters` of a V2 request, input or output → nothing; a 400 where they ask for an extension that would change the answer. */
import type { JsonValue } from './json/read-value.ts';
import { Refusal } from './refusal.ts';

/** Parameter names of extensions that are not served, and what to do instead. All others are passed over. */
const UNSUPPORTED = new Map([
  ['binary_data_size', 'the binary tensor data extension is not supported; send the tensor as JSON in "data"'],
  ['shared_memory_region', 'the shared memory extensions are not supported; send the tensor as JSON in "data"'],
  ['classification', 'the classification extension is not supported; ask for the output itself'],
]);

/** `binary_data` and `binary_data_output` only express a preference: JSON answers them. Throws the 400 for the rest. */
export function refuseParameters(parameters: JsonValue, where: string): void {
  if (parameters === null) return;
  if (typeof parameters !== 'object' || Array.isArray(parameters)) {
    throw new Refusal(400, `Unable to parse 'parameters' of ${where}: it is not an object`);
  }
  for (const name of Object.keys(parameters)) {
    const reason = UNSUPPORTED.get(name);
    if (reason !== undefined) throw new Refusal(400, `parameter '${name}' of ${where}: ${reason}`);
  }
}
