import { describe, expect, it } from 'vitest';
import type { PredictionValue } from '../../../src/service/codec.ts';
import type { EncodeRows } from '../../../src/service/rows/encode-rows.ts';
import type { BadRow, ReadRow } from '../../../src/service/rows/row.ts';
import { RunError, type ScoreOptions, scoreRows } from '../../../src/service/rows/score-rows.ts';

/** A model that doubles; 13 is a row that does not fit, 666 one that the model cannot take. */
const encode: EncodeRows = (rows) => {
  const bad = new Map(rows.flatMap((row, at) => (row.value === 13 ? [[at, ['unlucky']] as const] : [])));
  const good = rows.filter((_, at) => !bad.has(at)).map((row) => Number(row.value));
  const inputs = new Map([['x', { type: 'float64', dims: [good.length], data: Float64Array.from(good) } as const]]);
  return { runs: good.length === 0 ? [] : [{ inputs, rows: good.length }], bad };
};

function options(over: Partial<ScoreOptions> = {}): ScoreOptions & { readonly reports: BadRow[] } {
  const reports: BadRow[] = [];
  return {
    reports,
    encode,
    infer: async ({ inputs }) => {
      const x = inputs.get('x')?.data as Float64Array;
      if (x.includes(666)) throw new RunError('no');
      return new Map([['y', { type: 'float64', dims: [x.length], data: x.map((value) => 2 * value) }]]);
    },
    outputs: {
      wanted: ['y'],
      members: [],
      decode: (outputs, rows) => Array.from({ length: rows }, (_, at) => Number(outputs.get('y')?.data[at])),
    },
    batchRows: 4,
    inFlight: 2,
    onError: 'fail',
    report: (bad) => void reports.push(bad),
    ...over,
  };
}

async function* rowsOf(values: readonly (number | BadRow)[]): AsyncGenerator<ReadRow | BadRow> {
  for (const [at, value] of values.entries()) yield typeof value === 'number' ? { line: at + 1, value } : value;
}

async function predictions(values: readonly (number | BadRow)[], given: ScoreOptions): Promise<PredictionValue[]> {
  const list: PredictionValue[] = [];
  for await (const batch of scoreRows(rowsOf(values), given)) list.push(...batch.predictions);
  return list;
}

describe('scoring rows', () => {
  it('answers in the order of the rows over any number of batches', async () => {
    const values = Array.from({ length: 23 }, (_, at) => at + 100);
    expect(await predictions(values, options())).toEqual(values.map((value) => 2 * value));
    expect(await predictions([], options())).toEqual([]);
  });

  it('keeps the order when a later batch is done first', async () => {
    let delay = 30;
    const base = options();
    const infer: ScoreOptions['infer'] = async (run, outputs) => {
      delay -= 10;
      await new Promise((done) => setTimeout(done, delay));
      return base.infer(run, outputs);
    };
    expect(await predictions([1, 2, 3, 4, 5, 6], options({ infer, batchRows: 2, inFlight: 3 }))).toEqual([
      2, 4, 6, 8, 10, 12,
    ]);
  });

  it('stops at the first bad row after answering those before it', async () => {
    const list: PredictionValue[] = [];
    const scoring = (async () => {
      for await (const batch of scoreRows(rowsOf([1, 2, 3, 4, 5, 13, 7, 13]), options())) {
        list.push(...batch.predictions);
      }
    })();
    await expect(scoring).rejects.toMatchObject({ code: 'INPUT_INVALID', where: 'line 6' });
    await expect(scoring).rejects.toThrow('unlucky');
    expect(list).toEqual([2, 4, 6, 8, 10]);
  });

  it('reads nothing more once a row could not be read', async () => {
    let taken = 0;
    const rows = async function* () {
      for await (const row of rowsOf([1, { line: 2, problems: ['not valid JSON'] }, 3, 4, 5, 6])) {
        taken++;
        yield row;
      }
    };
    const run = (async () => {
      for await (const _ of scoreRows(rows(), options())) {
      }
    })();
    await expect(run).rejects.toThrow('not valid JSON');
    expect(taken).toBe(2);
  });

  it.each([
    ['skip', [2, 4, 10, 14]],
    ['null', [2, 4, null, null, 10, null, 14]],
  ] as const)('goes on past bad rows with %s and reports each', async (onError, expected) => {
    const given = options({ onError });
    const bad = { line: 3, problems: ['not valid JSON'] };
    expect(await predictions([1, 2, bad, 13, 5, 666, 7], given)).toEqual(expected);
    expect(given.reports).toEqual([
      bad,
      { line: 4, problems: ['unlucky'] },
      { line: 6, problems: ['the model failed on this row'] },
    ]);
  });

  it('passes on a failure that no row is the cause of', async () => {
    const infer = async (): Promise<never> => {
      throw new Error('worker died');
    };
    await expect(predictions([1], options({ infer, onError: 'skip' }))).rejects.toThrow('worker died');
  });

  it('answers what it has while the next rows are long in coming', async () => {
    const slow = async function* (): AsyncGenerator<ReadRow> {
      yield { line: 1, value: 1 };
      await new Promise(() => {});
    };
    const scoring = scoreRows(slow(), options({ batchRows: 1 }));
    expect((await scoring.next()).value).toEqual({ read: 1, bad: 0, predictions: [2] });
  });

  it('answers the rows before a failure to read on', async () => {
    const broken = async function* (): AsyncGenerator<ReadRow> {
      yield { line: 1, value: 1 };
      yield { line: 2, value: 2 };
      throw new Error('the disk is gone');
    };
    const list: PredictionValue[] = [];
    const scoring = (async () => {
      for await (const batch of scoreRows(broken(), options({ batchRows: 64 }))) list.push(...batch.predictions);
    })();
    await expect(scoring).rejects.toThrow('the disk is gone');
    expect(list).toEqual([2, 4]);
  });

  it('reads no further than the batches in work', async () => {
    let taken = 0;
    const endless = async function* (): AsyncGenerator<ReadRow> {
      for (;;) yield { line: ++taken, value: 1 };
    };
    const scoring = scoreRows(endless(), options({ batchRows: 10, inFlight: 2 }));
    await scoring.next();
    expect(taken).toBeLessThanOrEqual(20);
    await scoring.return(undefined);
  });
});
