/** The `parameters` of a V2 request, input or output, at the cursor → nothing; a 400 where they ask for an extension that would change the answer. */
import { type JsonReader, OPEN_BRACE } from './json/json-reader.ts';
import { skipMembers, skipValue } from './json/read-value.ts';
import { Refusal } from './refusal.ts';

/** First byte of `null`. */
const NULL = 0x6e;
/** Parameter names of extensions that are not served, and what to do instead. All others are passed over. */
const UNSUPPORTED = new Map([
  ['binary_data_size', 'the binary tensor data extension is not supported; send the tensor as JSON in "data"'],
  ['shared_memory_region', 'the shared memory extensions are not supported; send the tensor as JSON in "data"'],
  ['classification', 'the classification extension is not supported; ask for the output itself'],
]);

/** Steps over them. `binary_data` and `binary_data_output` only express a preference: JSON answers them. Throws the 400 for the rest. */
export function passParameters(reader: JsonReader, where: string): void {
  const next = reader.peek();
  if (next !== OPEN_BRACE) {
    skipValue(reader);
    if (next === NULL) return;
    throw new Refusal(400, `Unable to parse 'parameters' of ${where}: it is not an object`);
  }
  skipMembers(reader, (name) => {
    const reason = UNSUPPORTED.get(name);
    if (reason !== undefined) throw new Refusal(400, `parameter '${name}' of ${where}: ${reason}`);
  });
}
