import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CsvError, splitCsv } from '../../../src/service/rows/split-csv.ts';

const split = (text: string): readonly (readonly string[])[] => [...splitCsv(text)];

describe('splitCsv', () => {
  it.each([
    [
      '1,2\n3,4\n',
      [
        ['1', '2'],
        ['3', '4'],
      ],
    ],
    ['1,2\r\n\r\n3,4\r5', [['1', '2'], ['3', '4'], ['5']]],
    ['\ufeffa', [['a']]],
    ['"a,""b""\n",c', [['a,"b"\n', 'c']]],
    [
      'a,\n,b',
      [
        ['a', ''],
        ['', 'b'],
      ],
    ],
    ['a,', [['a', '']]],
    ['""', [['']]],
    ['\n\r\n', []],
    ['', []],
  ])('reads %j', (text, records) => {
    expect(split(text)).toEqual(records);
  });

  it.each([
    ['a\nb"c', 'record 2 has a quote inside a cell without quotes'],
    ['"a', 'record 1 has a quote that is not closed'],
    ['"a"b', 'record 1 has text after a closing quote'],
  ])('refuses %j and quotes nothing of it', (text, message) => {
    expect(() => split(text)).toThrow(new CsvError(message));
  });

  it('stops at a million cells', () => {
    expect(() => split('1,'.repeat(2 ** 20 + 1))).toThrow('it has more than 1048576 cells; send it in parts');
    expect(split('1,'.repeat(2 ** 20 - 1))[0]).toHaveLength(2 ** 20);
  });

  it('reads what another parser reads, and refuses what it refuses', () => {
    const piece = fc.constantFrom('a', '1', ',', '"', '""', '\n', '\r\n', ' ', 'é', '😀');
    const other = (text: string): unknown => {
      try {
        return parse(text, {
          relax_column_count: true,
          skip_empty_lines: true,
          bom: true,
          record_delimiter: ['\n', '\r\n', '\r'],
        });
      } catch {
        return 'refused';
      }
    };
    const ours = (text: string): unknown => {
      try {
        return split(text);
      } catch (error) {
        if (error instanceof CsvError) return 'refused';
        throw error;
      }
    };
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const text = pieces.join('');
        expect(ours(text)).toEqual(other(text));
      }),
      { numRuns: 5000 },
    );
  });
});
