import { describe, expect, it } from 'vitest';
import { relateShapes } from '../../src/compare/compare-shapes.ts';
import { compareValues } from '../../src/compare/compare-values.ts';
import type { TensorValue, ValueSpec } from '../../src/model/signature.ts';
import { tensor } from '../support/service-builders.ts';

const x = tensor('x', 'float32', ['batch', 4]);
const age = tensor('age', 'int64', ['batch', 1]);

function found(subject: 'input' | 'output', was: readonly ValueSpec[], is: readonly ValueSpec[]): readonly string[] {
  return compareValues({ subject, was, is }).map(({ rule, step, where }) => `${step} ${rule} ${where}`);
}

describe('shapes', () => {
  it.each<[TensorValue['shape'], TensorValue['shape'], string]>([
    [['batch', 4], ['batch', 4], 'same'],
    [['batch', 4], ['N', 4], 'renamed'],
    [['batch', 4], [null, 4], 'renamed'],
    [['batch', 4], ['batch', 'width'], 'wider'],
    [['batch', 'width'], ['batch', 4], 'narrower'],
    [['batch', 4], ['batch', 5], 'other'],
    [['batch', 4], [1, 'width'], 'other'],
    [['batch', 4], ['batch'], 'other'],
    [['batch', 4], null, 'wider'],
    [null, ['batch', 4], 'narrower'],
    [[], [], 'same'],
  ])('%j and %j are related as %s', (was, is, relation) => {
    expect(relateShapes(was, is)).toBe(relation);
  });
});

describe('inputs', () => {
  it('that are the same are no change', () => {
    expect(found('input', [x, age], [x, age])).toEqual([]);
  });

  it('were renamed where type, shape and place fit, and else one went and one came', () => {
    expect(found('input', [x, age], [x, { ...age, name: 'years' }])).toEqual(['major input.renamed input "age"']);
    const other = tensor('years', 'float32', ['batch', 1]);
    expect(found('input', [x, age], [x, other])).toEqual([
      'major input.removed input "age"',
      'major input.added input "years"',
    ]);
    expect(found('input', [age, x], [x, { ...age, name: 'years' }])).toContain('major input.removed input "age"');
  });

  it('may take more, but not less and nothing else', () => {
    expect(found('input', [x], [{ ...x, shape: [null, null] }])).toEqual(['minor input.wider input "x"']);
    expect(found('input', [x], [{ ...x, shape: [1, 4] }])).toEqual(['major input.narrower input "x"']);
    expect(found('input', [x], [{ ...x, shape: ['batch', 5] }])).toEqual(['major input.reshaped input "x"']);
    expect(found('input', [x], [{ ...x, elementType: 'float64' }])).toEqual(['major input.retyped input "x"']);
    expect(found('input', [x], [{ ...x, shape: ['N', 4] }])).toEqual(['patch input.dimension-renamed input "x"']);
  });

  it('in another order break callers that go by position', () => {
    expect(found('input', [x, age], [age, x])).toEqual(['major input.reordered inputs']);
  });
});

describe('outputs', () => {
  it('may be added, and not taken away', () => {
    expect(found('output', [x], [age, x])).toEqual(['minor output.added output "age"']);
    expect(found('output', [x, age], [x])).toEqual(['major output.removed output "age"']);
  });

  it('must keep their shape both ways', () => {
    expect(found('output', [x], [{ ...x, shape: [null, null] }])).toEqual(['major output.wider output "x"']);
    expect(found('output', [x], [{ ...x, shape: [1, 4] }])).toEqual(['major output.narrower output "x"']);
  });

  it('that are no tensors are compared by what they are', () => {
    const map = (description: string): ValueSpec => ({ kind: 'sequence', name: 'scores', description });
    expect(found('output', [map('sequence(map(int64, float32))')], [map('sequence(map(int64, float32))')])).toEqual([]);
    expect(found('output', [map('sequence(map(int64, float32))')], [tensor('scores', 'float32', [null, 2])])).toEqual([
      'major output.retyped output "scores"',
    ]);
  });
});
