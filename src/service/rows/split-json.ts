/**
 * A JSON document in text chunks → the text and line of each row: the elements of `{"instances": […]}` or of a top-level array, or
 * one top-level object. Constant memory: one row and what stands around the array are held. The text of a row is only cut out here,
 * not judged.
 */
import { MlserveError } from '../../errors.ts';
import { tooLong } from './read-ndjson.ts';
import type { ReadLimits } from './row.ts';

export interface RowText {
  readonly line: number;
  readonly text: string;
}

/** Throws INPUT_INVALID where the document around the rows is not JSON: later rows could not be told apart. */
export async function* splitJson(texts: AsyncIterable<string>, limits: ReadLimits): AsyncGenerator<RowText> {
  const scan = new DocumentScan(limits);
  for await (const text of texts) yield* scan.take(text);
  yield* scan.end();
}

const ROWS_KEY = '"instances"';

class DocumentScan {
  readonly #limits: ReadLimits;
  #line = 1;
  /** Open brackets, those of the document included. */
  #depth = 0;
  #closed = false;
  #inString = false;
  #escaped = false;
  /** Depth of the elements of the array of rows; 0 until it was found. */
  #rowsDepth = 0;
  #inRows = false;
  /** Text of the document around the rows, checked at the end. */
  #around = '';
  #aroundLine = 1;
  /** The last string at depth 1 of the document: the key when an array opens. */
  #key = '';
  #row = '';
  #rowLine = 1;
  #rowCount = 0;
  #rowStarted = false;

  constructor(limits: ReadLimits) {
    this.#limits = limits;
  }

  *take(text: string): Generator<RowText> {
    let from = 0;
    let keyFrom = 0;
    const keep = (to: number): void => {
      if (this.#inRows) this.#row += text.slice(from, to);
      else this.#around += text.slice(from, to);
      from = to;
    };
    for (let at = 0; at < text.length; at++) {
      const char = text.charCodeAt(at);
      if (char === 0x0a) this.#line++;
      if (this.#inString) {
        if (this.#escaped) this.#escaped = false;
        else if (char === 0x5c) this.#escaped = true;
        else if (char === 0x22) {
          this.#inString = false;
          if (!this.#inRows && this.#depth === 1) this.#key += text.slice(keyFrom, at + 1);
        }
        continue;
      }
      if (char <= 0x20) continue;
      if (this.#depth === 0) this.#checkOutside(text[at] ?? '');
      if (this.#inRows && !this.#rowStarted) {
        this.#rowStarted = true;
        this.#rowLine = this.#line;
      }
      if (char === 0x22) {
        this.#inString = true;
        this.#key = '';
        keyFrom = at;
      } else if (char === 0x2c && this.#inRows && this.#depth === this.#rowsDepth) {
        keep(at);
        yield this.#endRow();
        from = at + 1;
      } else if (char === 0x5b || char === 0x7b) {
        if (char === 0x5b && this.#opensRows()) {
          keep(at + 1);
          this.#inRows = true;
          this.#rowsDepth = this.#depth + 1;
          this.#rowStarted = false;
        }
        this.#depth++;
      } else if (char === 0x5d || char === 0x7d) {
        if (this.#inRows && this.#depth === this.#rowsDepth) {
          keep(at);
          if (this.#row.trim() !== '' || this.#rowCount > 0) yield this.#endRow();
          this.#inRows = false;
        }
        this.#depth--;
        if (this.#depth === 0) this.#closed = true;
      }
    }
    if (this.#inString && !this.#inRows && this.#depth === 1) this.#key += text.slice(keyFrom);
    keep(text.length);
    if (this.#row.length + this.#around.length > this.#limits.rowLength) throw tooLong(this.#rowLine, this.#limits);
  }

  *end(): Generator<RowText> {
    if (!this.#closed) throw this.#malformed('it ends too early');
    try {
      JSON.parse(this.#around);
    } catch (cause) {
      throw this.#malformed('what stands around the rows is not valid JSON', cause);
    }
    if (this.#rowsDepth === 0) yield { line: this.#aroundLine, text: this.#around };
  }

  #opensRows(): boolean {
    if (this.#rowsDepth > 0) return false;
    return this.#depth === 0 || (this.#depth === 1 && this.#key === ROWS_KEY);
  }

  #checkOutside(char: string): void {
    if (this.#closed) throw this.#malformed('there is text after its end');
    if (char !== '[' && char !== '{') throw this.#malformed('it is neither an object nor an array');
    this.#aroundLine = this.#line;
  }

  #endRow(): RowText {
    const row = { line: this.#rowStarted ? this.#rowLine : this.#line, text: this.#row };
    this.#row = '';
    this.#rowCount++;
    this.#rowStarted = false;
    return row;
  }

  #malformed(reason: string, cause?: unknown): MlserveError {
    return new MlserveError('INPUT_INVALID', `The JSON document cannot be read: ${reason}.`, {
      where: `line ${this.#line}`,
      hint: 'give {"instances": [...]}, an array of rows or one row; for one JSON value a line use --input-format ndjson',
      ...(cause === undefined ? {} : { cause }),
    });
  }
}
