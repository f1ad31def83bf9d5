import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MlserveError } from '../../../src/errors.ts';
import { type CsvColumns, readCsv } from '../../../src/service/rows/read-csv.ts';
import { readJson } from '../../../src/service/rows/read-json.ts';
import { readNdjson } from '../../../src/service/rows/read-ndjson.ts';
import type { BadRow, ReadRow, RowValue } from '../../../src/service/rows/row.ts';

const parse = (text: string): RowValue => JSON.parse(text) as RowValue;
const LIMITS = { rowLength: 1_000_000 };

/** The text as UTF-8 in pieces of the given sizes, the last size repeating: pieces end inside characters too. */
async function* pieces(text: string | Uint8Array, sizes: readonly number[] = [1 << 16]): AsyncGenerator<Uint8Array> {
  const bytes = typeof text === 'string' ? new TextEncoder().encode(text) : text;
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const size = sizes[Math.min(turn, sizes.length - 1)] ?? 1;
    yield bytes.subarray(at, at + size);
    at += size;
  }
}

async function all(rows: AsyncIterable<ReadRow | BadRow>): Promise<(ReadRow | BadRow)[]> {
  const list: (ReadRow | BadRow)[] = [];
  for await (const row of rows) list.push(row);
  return list;
}

const columns = (types: CsvColumns['types'], onUnknown: 'reject' | 'ignore' = 'reject'): CsvColumns => ({
  types,
  required: [],
  onUnknown,
});
const sizes = fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 20 });
const values = fc.array(fc.jsonValue({ maxDepth: 3 }), { maxLength: 8 });

describe('reading a JSON document', () => {
  it('finds the rows of every form, wherever the chunks end and whatever the indentation', async () => {
    await fc.assert(
      fc.asyncProperty(values, sizes, fc.constantFrom(0, 2), fc.boolean(), async (rows, cuts, indent, named) => {
        const document = named ? { id: 'instances', more: [{ instances: [1] }], instances: rows, after: [{}] } : rows;
        const read = await all(readJson(pieces(JSON.stringify(document, null, indent), cuts), parse, LIMITS));
        expect(read.map((row) => ('value' in row ? row.value : row))).toEqual(JSON.parse(JSON.stringify(rows)));
      }),
    );
  });

  it('takes an object without instances as one row', async () => {
    const read = await all(readJson(pieces('\n{"a": [1, 2], "b": {"instances": [3]}}', [3]), parse, LIMITS));
    expect(read).toEqual([{ line: 2, value: { a: [1, 2], b: { instances: [3] } } }]);
  });

  it('numbers rows by the line they start on and keeps reading past one that is not JSON', async () => {
    const read = await all(readJson(pieces('[\n{"a":1},\n\n {"a":\n2}, {a:3},\n4]'), parse, LIMITS));
    expect(read).toEqual([
      { line: 2, value: { a: 1 } },
      { line: 4, value: { a: 2 } },
      { line: 5, problems: ['not valid JSON'] },
      { line: 6, value: 4 },
    ]);
  });

  it.each([
    ['', 'ends too early'],
    ['[1, 2', 'ends too early'],
    ['{"instances": [1], }', 'around the rows'],
    ['{"x" "instances": [1]}', 'around the rows'],
    ['[1] [2]', 'text after its end'],
    ['{"a":1}\n{"a":2}\n', 'text after its end'],
    ['12', 'neither an object nor an array'],
  ])('refuses the document %s', async (text, reason) => {
    await expect(all(readJson(pieces(text), parse, LIMITS))).rejects.toThrow(reason);
  });

  it('counts a trailing comma as a bad row', async () => {
    expect(await all(readJson(pieces('[1,]'), parse, LIMITS))).toEqual([
      { line: 1, value: 1 },
      { line: 1, problems: ['not valid JSON'] },
    ]);
  });
});

describe('reading NDJSON', () => {
  it('gives one row a line, wherever the chunks end', async () => {
    await fc.assert(
      fc.asyncProperty(values, sizes, fc.constantFrom('\n', '\r\n'), fc.boolean(), async (rows, cuts, eol, ends) => {
        const text = rows.map((row) => JSON.stringify(row)).join(eol) + (ends ? eol : '');
        const read = await all(readNdjson(pieces(text, cuts), parse, LIMITS));
        expect(read).toEqual(rows.map((row, at) => ({ line: at + 1, value: JSON.parse(JSON.stringify(row)) })));
      }),
    );
  });

  it('passes over blank lines and a byte order mark, and reports a bad line by its number without its text', async () => {
    const read = await all(readNdjson(pieces('\ufeff{"a":1}\n\n{"secret"\n[2]'), parse, LIMITS));
    expect(read).toEqual([
      { line: 1, value: { a: 1 } },
      { line: 3, problems: ['not valid JSON'] },
      { line: 4, value: [2] },
    ]);
  });

  it('refuses bytes that are not UTF-8, naming the place', async () => {
    const bytes = new Uint8Array([0x31, 0x0a, 0x22, 0xc3, 0x28, 0x22]);
    await expect(all(readNdjson(pieces(bytes, [2]), parse, LIMITS))).rejects.toMatchObject({
      code: 'INPUT_INVALID',
      where: 'at or after line 2',
    });
  });

  it('does not take a file without line ends into memory', async () => {
    const endless = async function* (): AsyncGenerator<Uint8Array> {
      for (let at = 0; at < 1000; at++) yield new Uint8Array(1000).fill(0x31);
      throw new Error('read to the end');
    };
    await expect(all(readNdjson(endless(), parse, { rowLength: 5000 }))).rejects.toThrow('longer than 5000 characters');
  });
});

describe('reading CSV', () => {
  const types = new Map([
    ['n', 'number'],
    ['i', 'integer'],
    ['b', 'boolean'],
    ['t', 'text'],
  ] as const);

  it('types cells by their column and leaves empty ones out', async () => {
    const text = 't,n,i,b\nParis,1.5,7,true\n"a, ""b""\nc",1e3,9007199254740993,0\n,, ,\n12,nan,1.5,maybe\n';
    const read = await all(readCsv(pieces(text, [5]), columns(types), LIMITS));
    expect(read).toEqual([
      { line: 2, value: { t: 'Paris', n: 1.5, i: 7, b: true } },
      { line: 3, value: { t: 'a, "b"\nc', n: 1000, i: 9007199254740993n, b: false } },
      { line: 5, value: {} },
      { line: 6, value: { t: '12', n: Number.NaN, i: 1.5, b: 'maybe' } },
    ]);
  });

  it('leaves what only rounds to an integer as text, for an integer column to refuse', async () => {
    const text = 'n,i\n3.000000000000000000001,+3.0\n1,3.000000000000000000001\n1,2.99999999999999999999\n1,3e0\n';
    const read = await all(readCsv(pieces(text), columns(types), LIMITS));
    expect(read.map((row) => ('value' in row ? row.value : row))).toEqual([
      { n: 3, i: 3 },
      { n: 1, i: '3.000000000000000000001' },
      { n: 1, i: '2.99999999999999999999' },
      { n: 1, i: 3 },
    ]);
  });

  it('reads every float as the nearest double, as JSON does', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.double({ noNaN: true }), { minLength: 1 }), async (numbers) => {
        const text = `n,i\n${numbers.map((number) => `${number},0`).join('\n')}`;
        const read = await all(readCsv(pieces(text), columns(types), LIMITS));
        expect(read.map((row) => ('value' in row ? (row.value as { n: number }).n : row))).toEqual(
          numbers.map((number) => (Object.is(number, -0) ? 0 : number)),
        );
      }),
    );
  });

  it('reports a row with the wrong number of cells by its line', async () => {
    const read = await all(readCsv(pieces('n,i\n1,2\n3\n4,5,6\n7,8'), columns(types), LIMITS));
    expect(read).toEqual([
      { line: 2, value: { n: 1, i: 2 } },
      { line: 3, problems: ['1 cell where the header has 2'] },
      { line: 4, problems: ['3 cells where the header has 2'] },
      { line: 5, value: { n: 7, i: 8 } },
    ]);
  });

  it('cannot be fooled by columns with names of the object prototype', async () => {
    const odd = new Map([
      ['__proto__', 'number'],
      ['constructor', 'text'],
    ] as const);
    const [row] = await all(readCsv(pieces('__proto__,constructor\n1,x'), columns(odd), LIMITS));
    expect(Object.entries((row as ReadRow).value as object)).toEqual([
      ['__proto__', 1],
      ['constructor', 'x'],
    ]);
  });

  it.each([
    ['', 'is empty'],
    ['n,n\n1,2', 'names the column "n" twice'],
    ['n,z\n1,2', 'does not take: "z"'],
    ['n,i\n1,"2"x\n', 'invalid closing quote'],
    ['n,i\n1,"2\n', 'quote not closed'],
    ['n,i\n1,4111 "Bob" x\n', 'invalid opening quote'],
  ])('refuses %j', async (text, reason) => {
    const reading = all(readCsv(pieces(text), columns(types), LIMITS));
    await expect(reading).rejects.toBeInstanceOf(MlserveError);
    await expect(reading).rejects.toThrow(reason);
  });

  it('passes over unknown columns when told to, and asks for required ones', async () => {
    expect(await all(readCsv(pieces('n,z\n1,2'), columns(types, 'ignore'), LIMITS))).toEqual([
      { line: 2, value: { n: 1 } },
    ]);
    const required = { ...columns(types), required: ['i'] };
    await expect(all(readCsv(pieces('n\n1'), required, LIMITS))).rejects.toThrow('lacks "i"');
  });
});
