/** How large a batch may get, by what its runs take. */
import { describe, expect, it } from 'vitest';
import { BatchTime } from '../../src/engine/batch-time.ts';
import { checkBatching } from '../../src/engine/check-batching.ts';
import type { Signature } from '../../src/model/signature.ts';
import type { Session } from '../../src/ports.ts';

const tensor = { kind: 'tensor', elementType: 'float32', shape: [null, 1] } as const;
const signature: Signature = {
  inputs: [{ ...tensor, name: 'x' }],
  outputs: [{ ...tensor, name: 'x' }],
  defaultedInputs: [],
};

/** Answers its inputs after `ms(rows)`, as it says. */
function sessionOf(ms: (rows: number) => number): Session {
  return {
    inputNames: ['x'],
    outputNames: ['x'],
    run: async (inputs) => ({ outputs: inputs, runMs: ms(inputs.get('x')?.dims[0] ?? 0) }),
    release: async () => {},
  };
}

const largest = async (ms: (rows: number) => number, { maxRows = 64, p99Ms = 5000 } = {}): Promise<number> =>
  (
    await checkBatching(sessionOf(ms), signature, {
      maxRows,
      sample: { rows: 1, free: 1, text: '' },
      gains: true,
      p99Ms,
    })
  ).maxRows;

describe('the largest batch', () => {
  it('is as large as asked for where runs are short, whatever a row costs in it', async () => {
    expect(await largest(() => 0.02)).toBe(64);
    expect(await largest((rows) => 0.05 * rows, { maxRows: 50 })).toBe(50);
  });

  it('grows where rows become cheaper by it', async () => {
    expect(await largest((rows) => 20 + rows)).toBe(64);
  });

  it('stays small where a long run gains nothing by more rows', async () => {
    expect(await largest((rows) => 6 * rows)).toBe(2);
    expect(await largest((rows) => 1 * rows)).toBe(8);
  });

  it('takes at most a third of the wanted time', async () => {
    expect(await largest((rows) => 10 + rows, { p99Ms: 120 })).toBe(16);
  });

  it('takes at most about a second, however much time answers have', async () => {
    expect(await largest((rows) => 100 + 20 * rows, { maxRows: 1000, p99Ms: 60_000 })).toBe(32);
  });
});

describe('the time of a full batch', () => {
  it('follows the runs, scaled to a full batch, and passes over small ones', () => {
    const time = new BatchTime(8, 10);
    expect(time.add(3, 1000)).toBe(false);
    expect(time.ms).toBe(10);
    for (let run = 0; run < 100; run++) expect(time.add(4, 15)).toBe(true);
    expect(time.ms).toBeCloseTo(30, 1);
  });

  it('is not known before the first run where no trial was made', () => {
    const time = new BatchTime(1, undefined);
    expect(time.ms).toBeUndefined();
    time.add(1, 7);
    expect(time.ms).toBe(7);
  });
});
