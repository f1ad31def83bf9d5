import { describe, expect, it } from 'vitest';
import { compareOutputs } from '../../src/compare/compare-outputs.ts';
import type { OutputSpec } from '../../src/service/spec.ts';
import { signature, tensor } from '../support/service-builders.ts';

const model = signature([], [tensor('label', 'int64', ['batch']), tensor('scores', 'float32', ['batch', 2])]);
const output = (name: string, given: Partial<OutputSpec> = {}): OutputSpec => ({
  name,
  from: 'scores',
  labels: undefined,
  argmax: false,
  ...given,
});

function found(was: readonly OutputSpec[], is: readonly OutputSpec[]): readonly string[] {
  const members = (outputs: readonly OutputSpec[]) => ({ outputs, signature: model });
  return compareOutputs(members(was), members(is)).map(({ rule, step, where }) => `${step} ${rule} ${where}`);
}

describe('members of a prediction', () => {
  it('are left to the signature where none are declared', () => {
    expect(found([], [])).toEqual([]);
  });

  it('may be added, and not taken away', () => {
    const score = output('score');
    expect(found([score], [score, output('label', { from: 'label' })])).toEqual([
      'minor prediction.added prediction "label"',
    ]);
    expect(found([score, output('label', { from: 'label' })], [score])).toEqual([
      'major prediction.removed prediction "label"',
    ]);
  });

  it('have the names of the outputs where they had none of their own', () => {
    expect(found([], [output('label', { from: 'label' }), output('scores')])).toEqual([]);
    expect(found([], [output('score')])).toEqual([
      'major prediction.removed prediction "label"',
      'major prediction.renamed prediction "scores"',
    ]);
  });

  it('must keep their labels, in their order, and their form', () => {
    const labelled = (...labels: string[]) => [output('score', { labels })];
    expect(found(labelled('no', 'yes'), labelled('yes', 'no'))).toEqual(['major prediction.labels prediction "score"']);
    expect(found([output('score')], [output('score', { argmax: true })])).toEqual([
      'major prediction.form prediction "score"',
    ]);
    expect(found([output('score')], [output('score', { from: 'label' })])).toEqual([
      'patch prediction.source prediction "score"',
    ]);
  });
});
