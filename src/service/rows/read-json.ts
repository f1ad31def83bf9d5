/** A JSON document (`{"instances": […]}`, an array of rows, or one row) → rows, streamed. */
import { decodeText } from './decode-text.ts';
import { parseRow } from './read-ndjson.ts';
import type { BadRow, ParseJson, ReadLimits, ReadRow } from './row.ts';
import { splitJson } from './split-json.ts';

export async function* readJson(
  chunks: AsyncIterable<Uint8Array>,
  parse: ParseJson,
  limits: ReadLimits,
): AsyncGenerator<ReadRow | BadRow> {
  for await (const { line, text } of splitJson(decodeText(chunks), limits)) yield parseRow(text, line, parse);
}
