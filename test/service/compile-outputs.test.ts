import { describe, expect, it } from 'vitest';
import type { TensorValue } from '../../src/model/signature.ts';
import type { Tensor } from '../../src/model/tensor.ts';
import { compileOutputs } from '../../src/service/compile-outputs.ts';
import type { OutputSpec } from '../../src/service/spec.ts';
import { signature, tensor } from '../support/service-builders.ts';

const batched = tensor('x', 'float32', ['N', 4]);

function decode(spec: Partial<OutputSpec>, declared: TensorValue, answer: Tensor, rows: number, input = batched) {
  const codec = compileOutputs(
    [{ name: 'y', from: declared.name, labels: undefined, argmax: false, ...spec }],
    signature([input], [declared]),
  );
  return codec.decode(new Map([[declared.name, answer]]), rows).map((one) => (one as { y: unknown }).y);
}

const floats = (dims: readonly number[], ...data: number[]): Tensor => ({
  type: 'float32',
  dims,
  data: Float32Array.from(data),
});

describe('compiled outputs', () => {
  it('answer every output under its own name when the service says nothing', () => {
    const sig = signature([batched], [tensor('label', 'int64', ['N']), tensor('__proto__', 'float32', ['N', 2])]);
    const codec = compileOutputs([], sig);
    expect(codec.wanted).toEqual(['label', '__proto__']);
    const answers = codec.decode(
      new Map([
        ['label', { type: 'int64', dims: [2], data: BigInt64Array.of(1n, 2n ** 60n) }],
        ['__proto__', floats([2, 2], 0.1, 0.9, 0.2, 0.8)],
      ]),
      2,
    );
    expect(answers.map((answer) => Object.entries(answer as object))).toEqual([
      [
        ['label', 1],
        ['__proto__', [0.1, 0.9]],
      ],
      [
        ['label', 2n ** 60n],
        ['__proto__', [0.2, 0.8]],
      ],
    ]);
    expect(JSON.stringify(answers[0])).toBe('{"label":1,"__proto__":[0.1,0.9]}');
  });

  it('name positions by label, and pick the largest', () => {
    const scores = tensor('s', 'float32', ['N', 2]);
    const answer = floats([3, 2], 0.75, 0.25, 0.5, 0.5, Number.NaN, 0.1);
    const labels = ['legit', 'fraud'];
    expect(decode({ labels }, scores, answer, 3)).toEqual([
      { legit: 0.75, fraud: 0.25 },
      { legit: 0.5, fraud: 0.5 },
      { legit: Number.NaN, fraud: 0.1 },
    ]);
    expect(decode({ labels, argmax: true }, scores, answer, 3)).toEqual(['legit', 'legit', 'fraud']);
    expect(decode({ argmax: true }, scores, answer, 3)).toEqual([0, 0, 1]);
    expect(decode({ argmax: true }, scores, floats([1, 2], Number.NaN, Number.NaN), 1)).toEqual([null]);
  });

  it('name the values of a label output, and leave a value outside the labels a number', () => {
    const answer: Tensor = { type: 'int64', dims: [3], data: BigInt64Array.of(0n, 1n, 7n) };
    const labels = ['no', 'yes'];
    expect(decode({ labels }, tensor('l', 'int64', ['N']), answer, 3)).toEqual(['no', 'yes', 7]);
    expect(decode({ labels }, tensor('l', 'int64', ['N', 1]), { ...answer, dims: [3, 1] }, 3)).toEqual([
      'no',
      'yes',
      7,
    ]);
    expect(decode({ labels }, tensor('l', 'int64', null), answer, 3)).toEqual(['no', 'yes', 7]);
    const flags: Tensor = { type: 'bool', dims: [2], data: Uint8Array.of(1, 0) };
    expect(decode({ labels }, tensor('l', 'bool', ['N']), flags, 2)).toEqual(['yes', 'no']);
    expect(decode({}, tensor('l', 'bool', ['N']), flags, 2)).toEqual([true, false]);
  });

  it('answer one value for [N] and [N, 1], nested lists for more dimensions', () => {
    expect(decode({}, tensor('y', 'float32', ['N', 1]), floats([2, 1], 1.5, 2.5), 2)).toEqual([1.5, 2.5]);
    expect(decode({}, tensor('y', 'float32', ['N']), floats([2], 1.5, 2.5), 2)).toEqual([1.5, 2.5]);
    expect(decode({}, tensor('y', 'float32', ['N', 'M']), floats([2, 1], 1.5, 2.5), 2)).toEqual([[1.5], [2.5]]);
    expect(decode({}, tensor('y', 'float32', null), floats([1, 2, 2], 1, 2, 3, 4), 1)).toEqual([
      [
        [1, 2],
        [3, 4],
      ],
    ]);
    expect(decode({}, tensor('y', 'float32', ['N', 0]), floats([2, 0]), 2)).toEqual([[], []]);
    // Declared with a first dimension of 1, as some converters do, and answered with N.
    expect(decode({}, tensor('y', 'float32', [1]), floats([2], 5, 6), 2)).toEqual([5, 6]);
  });

  it('give the whole of an output that has no rows', () => {
    const vector = tensor('x', 'float32', [4]);
    expect(decode({}, tensor('y', 'float32', [2, 2]), floats([2, 2], 1, 2, 3, 4), 1, vector)).toEqual([
      [
        [1, 2],
        [3, 4],
      ],
    ]);
    expect(decode({}, tensor('y', 'float32', []), floats([], 3), 1, vector)).toEqual([3]);
    expect(decode({}, tensor('y', 'float32', []), floats([], 3), 2)).toEqual([3, 3]);
    expect(decode({}, tensor('y', 'float32', [2]), floats([2], 3, 4), 2)).toEqual([
      [3, 4],
      [3, 4],
    ]);
  });

  it('reads every element type', () => {
    const read = (answer: Tensor) => decode({}, tensor('y', answer.type, ['N']), answer, answer.data.length);
    const halves: Tensor = { type: 'float16', dims: [4], data: Uint16Array.of(0x3c00, 0xfc00, 0x2e66, 0x7bff) };
    expect(read(halves)).toEqual([1, -Infinity, 0.099975586, 65504]);
    expect(read({ type: 'float64', dims: [1], data: Float64Array.of(0.1) })).toEqual([0.1]);
    expect(read({ type: 'uint64', dims: [2], data: BigUint64Array.of(2n ** 53n - 1n, 2n ** 53n) })).toEqual([
      2 ** 53 - 1,
      2n ** 53n,
    ]);
    expect(read({ type: 'string', dims: [2], data: ['é', ''] })).toEqual(['é', '']);
    expect(read({ type: 'int8', dims: [1], data: Int8Array.of(-3) })).toEqual([-3]);
  });
});
