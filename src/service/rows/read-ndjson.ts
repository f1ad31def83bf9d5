/** NDJSON (one JSON value a line) → rows. Constant memory; a line that is not JSON is a bad row and reading goes on. */
import { MlserveError } from '../../errors.ts';
import { decodeText } from './decode-text.ts';
import type { BadRow, ParseJson, ReadLimits, ReadRow } from './row.ts';

export async function* readNdjson(
  chunks: AsyncIterable<Uint8Array>,
  parse: ParseJson,
  limits: ReadLimits,
): AsyncGenerator<ReadRow | BadRow> {
  let line = 0;
  for await (const text of splitLines(chunks, limits)) {
    line++;
    if (text.trim() !== '') yield parseRow(text, line, parse);
  }
}

/** One row of JSON text; a bad row when it is not JSON. The parser's message is dropped, for it may quote the row. */
export function parseRow(text: string, line: number, parse: ParseJson): ReadRow | BadRow {
  let rounded: Set<string | number> | undefined;
  try {
    const value = parse(text, (member) => {
      rounded ??= new Set();
      rounded.add(member);
    });
    return rounded === undefined ? { line, value } : { line, value, rounded };
  } catch {
    return { line, problems: ['not valid JSON'] };
  }
}

async function* splitLines(chunks: AsyncIterable<Uint8Array>, limits: ReadLimits): AsyncGenerator<string> {
  let rest = '';
  let line = 1;
  for await (const text of decodeText(chunks)) {
    let from = 0;
    for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', from)) {
      yield rest + text.slice(from, at);
      rest = '';
      from = at + 1;
      line++;
    }
    rest += text.slice(from);
    if (rest.length > limits.rowLength) throw tooLong(line, limits);
  }
  if (rest !== '') yield rest;
}

/** The error for a row longer than any row may be; reading cannot go on after it. */
export function tooLong(line: number, limits: ReadLimits): MlserveError {
  return new MlserveError('INPUT_INVALID', `A row is longer than ${limits.rowLength} characters.`, {
    where: `line ${line}`,
    hint: 'check the input format (--input-format), or raise limits.bodyBytes in mlserve.yaml',
  });
}
