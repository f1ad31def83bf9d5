import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PredictionValue } from '../../../src/service/codec.ts';
import { rowWriter, type WriterOptions } from '../../../src/service/rows/write-rows.ts';

const BASE: Omit<WriterOptions, 'format'> = { model: { name: 'm', version: '1.0.0' }, members: ['label', 'score'] };

function written(format: WriterOptions['format'], batches: readonly (readonly PredictionValue[])[]): string {
  const writer = rowWriter({ ...BASE, format });
  return writer.start() + batches.map((batch) => writer.write(batch)).join('') + writer.end();
}

const scalars = fc.oneof(fc.string(), fc.boolean(), fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }));
const predictions = fc.array(
  fc.array(fc.dictionary(fc.string(), fc.oneof(scalars, fc.array(scalars), fc.constant(null)))),
);

describe('writing predictions', () => {
  it('gives NDJSON and JSON that any parser reads back', () => {
    fc.assert(
      fc.property(predictions, (batches) => {
        const flat = batches.flat().map((prediction) => ({ ...(prediction as object) }));
        const lines = written('ndjson', batches).split('\n');
        expect(lines.pop()).toBe('');
        expect(lines.map((line) => JSON.parse(line))).toEqual(flat);
        expect(JSON.parse(written('json', batches))).toEqual({ model: BASE.model, predictions: flat });
      }),
    );
  });

  it('writes 64-bit integers digit by digit and what JSON cannot carry as null', () => {
    expect(written('ndjson', [[{ id: 9007199254740993n, x: Number.NaN, y: [-Infinity, 0.1] }]])).toBe(
      '{"id":9007199254740993,"x":null,"y":[null,0.1]}\n',
    );
  });

  it('closes the JSON document when the rows ended early, saying why', () => {
    const writer = rowWriter({ ...BASE, format: 'json' });
    const text = writer.start() + writer.write([{ a: 1 }]) + writer.end({ code: 'INPUT_INVALID' });
    expect(JSON.parse(text)).toEqual({ model: BASE.model, predictions: [{ a: 1 }], error: { code: 'INPUT_INVALID' } });
  });

  it('flattens members into CSV columns and quotes what needs it', () => {
    const text = written('csv', [
      [null],
      [{ label: 'a "b", c', score: { x: 0.25, y: 1 } }, null],
      [{ score: { y: 3 } }],
    ]);
    expect(parse(text, { relax_column_count: false })).toEqual([
      ['label', 'score.x', 'score.y'],
      ['', '', ''],
      ['a "b", c', '0.25', '1'],
      ['', '', ''],
      ['', '', '3'],
    ]);
  });

  it('writes a CSV header even when there is no prediction', () => {
    expect(written('csv', [])).toBe('label,score\n');
    expect(parse(written('csv', [[null, null]]))).toEqual([
      ['label', 'score'],
      ['', ''],
      ['', ''],
    ]);
  });
});
