/** CSV text (RFC 4180) → its records, one at a time. For bodies held in memory: a file is read by `read-csv.ts`, in chunks. */

/** Why a text is no CSV; the message can be shown, for it quotes nothing of the text. */
export class CsvError extends Error {
  override readonly name = 'CsvError';
}

const COMMA = 0x2c;
const QUOTE = 0x22;
const LF = 0x0a;
const CR = 0x0d;

/** Cells of one text: reading more would keep everybody waiting. */
const MOST_CELLS = 2 ** 20;

/** Empty lines are passed over, and a byte order mark. Records end with LF, CR LF or CR. Throws `CsvError` with the record, counted from 1. */
export function* splitCsv(text: string): Generator<readonly string[]> {
  let at = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  let record: string[] = [];
  let count = 0;
  let cells = 0;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (record.length === 0 && (code === LF || code === CR)) {
      at++;
      continue;
    }
    if (record.length === 0) count++;
    if (++cells > MOST_CELLS) throw new CsvError(`it has more than ${MOST_CELLS} cells; send it in parts`);
    const [cell, end] = code === QUOTE ? quotedCell(text, at, count) : plainCell(text, at, count);
    record.push(cell);
    at = end;
    if (text.charCodeAt(at) === COMMA) {
      at++;
      // A comma at the end of the text is followed by an empty cell.
      if (at < text.length) continue;
      record.push('');
    }
    yield record;
    record = [];
  }
}

/** The text up to the next comma or line end, and where that is. */
function plainCell(text: string, start: number, record: number): readonly [string, number] {
  let at = start;
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === COMMA || code === LF || code === CR) break;
    if (code === QUOTE) throw new CsvError(`record ${record} has a quote inside a cell without quotes`);
  }
  return [text.slice(start, at), at];
}

/** The text between quotes, doubled ones single, and the place after them. */
function quotedCell(text: string, start: number, record: number): readonly [string, number] {
  let cell = '';
  for (let from = start + 1; ; ) {
    const end = text.indexOf('"', from);
    if (end === -1) throw new CsvError(`record ${record} has a quote that is not closed`);
    cell += text.slice(from, end);
    const next = text.charCodeAt(end + 1);
    if (next !== QUOTE) {
      if (end + 1 < text.length && next !== COMMA && next !== LF && next !== CR) {
        throw new CsvError(`record ${record} has text after a closing quote`);
      }
      return [cell, end + 1];
    }
    cell += '"';
    from = end + 2;
  }
}
