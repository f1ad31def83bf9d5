import { describe, expect, it } from 'vitest';
import { realFiles } from '../../src/io/files.ts';
import { hasErrors } from '../../src/issue.ts';
import type { ElementType } from '../../src/model/element-type.ts';
import { readModel } from '../../src/model/read-model.ts';
import type { Signature, ValueSpec } from '../../src/model/signature.ts';
import { checkFeatures } from '../../src/service/check-features.ts';
import { compileFeatures } from '../../src/service/compile-features.ts';
import type { FeatureColumn, ModelSpec, OutputSpec } from '../../src/service/spec.ts';
import { fixturePath } from '../support/fixtures.ts';
import { column, columns, signature, tensor } from '../support/service-builders.ts';
import { modelSettings } from '../support/service-settings.ts';

function model(given: readonly FeatureColumn[] | undefined, outputs: readonly Partial<OutputSpec>[] = []): ModelSpec {
  return {
    name: 'm',
    version: '1.0.0',
    path: 'm.onnx',
    features: given && { columns: given, onUnknownColumn: 'reject' },
    outputs: outputs.map((one) => ({ name: 'y', from: 'y', labels: undefined, argmax: false, ...one })),
    examples: [],
    ...modelSettings(),
  };
}

/** Rules broken by columns; what has none compiles. */
function judge(given: readonly FeatureColumn[], sig: Signature): readonly string[] {
  const issues = checkFeatures(model(given), sig);
  if (!hasErrors(issues)) compileFeatures({ columns: given, onUnknownColumn: 'reject' }, sig);
  return issues.map(({ rule }) => rule.replace('features.', ''));
}

const judgeOne = (edit: Partial<FeatureColumn> & { type: FeatureColumn['type'] }, type: ElementType) =>
  judge([column({ name: 'a', ...edit })], signature([tensor('x', type, ['N', 1])]));

describe('features against the signature', () => {
  it('fit when every input is covered exactly', () => {
    const two = columns({ name: 'a', type: 'number' }, { name: 'b', type: 'number' });
    const width = (columnsOfInput: number | string | null) =>
      signature([tensor('x', 'float32', ['N', columnsOfInput])]);
    expect(judge(two, width(2))).toEqual([]);
    expect(judge(two, width('C'))).toEqual([]);
    expect(judge(two, width(null))).toEqual([]);
    expect(judge(two, width(3))).toEqual(['too-few-columns']);
    expect(judge(two, width(1))).toEqual(['too-many-columns']);
    expect(judge(two, signature([tensor('x', 'float32', ['N'])]))).toEqual(['too-many-columns']);
    expect(judge(two, signature([tensor('x', 'float32', ['N', 2]), tensor('z', 'float32', ['N', 1])]))).toEqual([
      'uncovered-input',
    ]);
    expect(judge(two, signature([tensor('X1', 'float32', ['N', 2])]))).toEqual([
      'unknown-input',
      'unknown-input',
      'uncovered-input',
    ]);
    expect(judge(two, signature([tensor('x', 'float32', ['N', 1, 2])]))).toEqual(['unsupported-shape']);
  });

  it('have types that the input can hold', () => {
    const cases: readonly [Partial<FeatureColumn> & { type: FeatureColumn['type'] }, ElementType, readonly string[]][] =
      [
        [{ type: 'number' }, 'float16', []],
        [{ type: 'number' }, 'int64', ['type-mismatch']],
        [{ type: 'number' }, 'string', ['type-mismatch']],
        [{ type: 'integer' }, 'float32', []],
        [{ type: 'integer' }, 'uint64', []],
        [{ type: 'boolean' }, 'bool', []],
        [{ type: 'boolean' }, 'float32', []],
        [{ type: 'boolean' }, 'string', ['type-mismatch']],
        [{ type: 'string' }, 'string', []],
        [{ type: 'string' }, 'float32', ['type-mismatch']],
        [{ type: 'category', values: ['a'] }, 'string', []],
        [{ type: 'category', values: ['a'] }, 'int64', ['type-mismatch']],
        [{ type: 'category', values: new Map([['a', 1]]) }, 'int64', []],
        [{ type: 'category', values: new Map([['a', 1]]) }, 'string', ['values-misfit']],
        [{ type: 'category', values: new Map([['a', 1.5]]) }, 'int64', ['values-misfit']],
        [{ type: 'category', values: new Map([['a', 300]]) }, 'uint8', ['values-misfit']],
        [{ type: 'category', values: ['a\0'] }, 'string', ['values-misfit']],
        [{ type: 'number', onMissing: 'nan' }, 'float64', []],
        [{ type: 'integer', onMissing: 'nan' }, 'int64', ['nan-needs-float']],
        [{ type: 'integer', onMissing: { impute: 300 } }, 'uint8', ['impute-misfit']],
        [{ type: 'integer', min: 300 }, 'uint8', ['empty-range']],
        [{ type: 'integer', max: -1 }, 'uint64', ['empty-range']],
      ];
    for (const [edit, type, expected] of cases)
      expect([edit, type, judgeOne(edit, type)]).toEqual([edit, type, expected]);
  });

  it('are told what to do, with the place', () => {
    const sig = signature([tensor('float_input', 'float32', ['N', 1])]);
    expect(checkFeatures(model([column({ name: 'a', type: 'number', input: 'float_inptu' })]), sig)[0]).toEqual({
      rule: 'features.unknown-input',
      severity: 'error',
      where: 'model "m", column "a"',
      message: 'the model has no input "float_inptu"',
      hint: 'did you mean "input: float_input"?',
    });
  });

  it('are judged on the real wine model, with its per-column inputs', async () => {
    const source = await realFiles('/').open(fixturePath('real/wine'));
    const { signature: sig } = readModel(source);
    source.close();
    const given = sig.inputs.map(({ name }) => column({ name, type: 'number', input: name }));
    expect(given.length).toBeGreaterThan(5);
    expect(judge(given, sig)).toEqual([]);
    expect(judge(given.slice(1), sig)).toEqual(['uncovered-input']);
  });
});

describe('outputs against the signature', () => {
  const judgeOutput = (edit: Partial<OutputSpec>, output: ValueSpec, input = tensor('x', 'float32', ['N', 4])) =>
    checkFeatures(model(undefined, [edit]), signature([input], [output as never])).map(({ rule }) =>
      rule.replace('outputs.', ''),
    );

  it('exist, with as many labels as positions', () => {
    const scores = tensor('y', 'float32', ['N', 3]);
    const labels = ['a', 'b', 'c'];
    expect(judgeOutput({}, scores)).toEqual([]);
    expect(judgeOutput({ from: 'z' }, scores)).toEqual(['unknown-output']);
    expect(judgeOutput({ labels }, scores)).toEqual([]);
    expect(judgeOutput({ labels, argmax: true }, scores)).toEqual([]);
    expect(judgeOutput({ labels: ['a'] }, scores)).toEqual(['label-count']);
    expect(judgeOutput({ labels }, tensor('y', 'float32', ['N', 'C']))).toEqual([]);
    expect(judgeOutput({ labels }, tensor('y', 'int64', ['N']))).toEqual([]);
    expect(judgeOutput({ labels }, tensor('y', 'int64', ['N', 1]))).toEqual([]);
    expect(judgeOutput({ labels }, tensor('y', 'float32', ['N']))).toEqual(['labels-on-number']);
    expect(judgeOutput({ labels }, tensor('y', 'string', ['N']))).toEqual(['labels-on-text']);
    expect(judgeOutput({ labels }, tensor('y', 'float32', [3]), tensor('x', 'float32', [4]))).toEqual([]);
  });

  it('have a largest value where argmax asks for one', () => {
    expect(judgeOutput({ argmax: true }, tensor('y', 'float32', ['N']))).toEqual(['argmax-on-one']);
    expect(judgeOutput({ argmax: true }, tensor('y', 'float32', ['N', 1]))).toEqual(['argmax-on-one']);
    expect(judgeOutput({ argmax: true }, tensor('y', 'string', ['N', 2]))).toEqual(['argmax-on-text']);
    expect(judgeOutput({ argmax: true }, tensor('y', 'float32', null))).toEqual([]);
  });

  it('are tensors', () => {
    const map = { kind: 'sequence', name: 'y', description: 'sequence(map(int64, float32))' } as const;
    expect(judgeOutput({}, map)).toEqual(['not-a-tensor']);
  });
});
