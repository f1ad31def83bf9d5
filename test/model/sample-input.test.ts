import { describe, expect, it } from 'vitest';
import {
  hasFreeSizes,
  hasStrings,
  sampleAttempts,
  sampleElements,
  sampleInputs,
} from '../../src/model/sample-input.ts';
import type { Signature, TensorValue } from '../../src/model/signature.ts';

const input = (name: string, shape: TensorValue['shape'], elementType: TensorValue['elementType'] = 'float32') =>
  ({ kind: 'tensor', name, shape, elementType }) as const;
const signature = (...inputs: TensorValue[]): Signature => ({ inputs, defaultedInputs: [], outputs: [] });

describe('a sample of inputs', () => {
  it('is the smallest that the signature allows, all zeros', () => {
    const samples = sampleInputs(
      signature(input('a', ['n', 3, null]), input('b', [], 'int64'), input('c', null, 'bool')),
    );
    expect([...samples]).toEqual([
      ['a', { type: 'float32', dims: [1, 3, 1], data: new Float32Array(3) }],
      ['b', { type: 'int64', dims: [], data: new BigInt64Array(1) }],
      ['c', { type: 'bool', dims: [1], data: new Uint8Array(1) }],
    ]);
  });

  it('gives equally named dimensions the same size, and the name of the rows means rows everywhere', () => {
    const samples = sampleInputs(signature(input('a', ['n', 'm', null]), input('b', [2, 'n', 'm'])), {
      rows: 5,
      free: 7,
    });
    expect([...samples.values()].map(({ dims }) => dims)).toEqual([
      [5, 7, 7],
      [2, 5, 7],
    ]);
  });

  it('fills strings with the text asked for', () => {
    const strings = signature(input('t', ['n', 2], 'string'));
    expect(sampleInputs(strings).get('t')?.data).toEqual(['', '']);
    expect(sampleInputs(strings, { text: '0' }).get('t')?.data).toEqual(['0', '0']);
    expect(hasStrings(strings)).toBe(true);
    expect(hasStrings(signature(input('a', [1])))).toBe(false);
  });

  it('knows when another size could be tried', () => {
    expect(hasFreeSizes(signature(input('a', ['n', 4])))).toBe(false);
    expect(hasFreeSizes(signature(input('a', ['n', 'm'])))).toBe(true);
    expect(hasFreeSizes(signature(input('a', null)))).toBe(true);
  });
});

describe('samples to try in turn', () => {
  const attempts = (...given: Parameters<typeof sampleAttempts>) => [...sampleAttempts(...given)];

  it('vary only what the signature leaves open', () => {
    expect(attempts(signature(input('a', ['n', 4])))).toEqual([{ free: 1, text: '' }]);
    expect(attempts(signature(input('a', ['n', 'm'])), { sizes: [1, 9] })).toEqual([
      { free: 1, text: '' },
      { free: 9, text: '' },
    ]);
    const strings = signature(input('a', ['n', 4], 'string'));
    expect(attempts(strings, { texts: ['a', '1'] }).map(({ text }) => text)).toEqual(['a', '1']);
  });

  it('stay small however many dimensions are free', () => {
    for (const count of [1, 2, 3, 4, 12]) {
      const open = signature(input('a', ['n', ...Array.from({ length: count }, (_, at) => `d${at}`)]));
      const sizes = attempts(open).map((sample) => sampleElements(open, sample));
      expect(sizes[0]).toBe(1);
      expect(Math.max(...sizes)).toBeLessThanOrEqual(2 ** 20);
      expect(sizes.length).toBe([8, 8, 4, 3, 1][[1, 2, 3, 4, 12].indexOf(count)]);
    }
  });

  it('include the smallest that the model allows, whatever its size', () => {
    expect(attempts(signature(input('a', ['n', 2 ** 21, 'm'])))).toEqual([{ free: 1, text: '' }]);
  });
});
