import { describe, expect, it } from 'vitest';
import { formatPath } from '../../src/service/config-path.ts';
import { findRuleIssues } from '../../src/service/rules.ts';
import type { WrittenColumn, WrittenModel } from '../../src/service/written.ts';

const judge = (...models: readonly WrittenModel[]) =>
  findRuleIssues({ models }).map(({ path, rule }) => `${formatPath(path)} ${rule.replace('config.', '')}`);

const judgeColumn = (column: WrittenColumn) =>
  judge({ features: { columns: [column] } }).map((one) => one.replace('models[0].features.columns[0].', ''));

describe('rules of mlserve.yaml', () => {
  it('want names that differ', () => {
    expect(judge({ name: 'a' }, { name: 'b' }, { name: 'a' })).toEqual(['models[2].name duplicate-model']);
    expect(judge({ outputs: [{ name: 'y' }, { name: 'y' }] })).toEqual(['models[0].outputs[1].name duplicate-output']);
    expect(judge({ outputs: [{ name: 'y', labels: ['1', 1] }] })).toEqual([
      'models[0].outputs[0].labels[1] duplicate-label',
    ]);
    // The schema has refused the names: nothing to compare.
    expect(judge({}, {})).toEqual([]);
  });

  it('keep paths inside the project', () => {
    const escapes = ['/abs.onnx', '../x.onnx', 'a/../../x', 'C:\\x', 'c:x', '\\\\host\\x', '~/x', 'a\0b', '.', 'a/..'];
    for (const path of escapes) expect([path, judge({ path })]).toEqual([path, ['models[0].path path-escapes']]);
    for (const path of ['x.onnx', './x', 'a/../x', 'a b/c..d/x']) expect([path, judge({ path })]).toEqual([path, []]);
    expect(judge({ examples: ['ok/*.json', '../*.json'] })).toEqual(['models[0].examples[1] path-escapes']);
    expect(judge({ examples: '/etc/*' })).toEqual(['models[0].examples path-escapes']);
  });

  it('find options that contradict each other or the type', () => {
    const cases: readonly [WrittenColumn, readonly string[]][] = [
      [{ name: 'a', type: 'number', min: 0, max: 0, onMissing: { impute: 0 } }, []],
      [{ name: 'a', type: 'number', min: 1, max: 0 }, ['min min-above-max']],
      [{ name: 'a', type: 'number', min: 1, onMissing: { impute: 0 } }, ['onMissing impute-misfit']],
      [{ name: 'a', type: 'number', onMissing: { impute: 'x' } }, ['onMissing impute-misfit']],
      [{ name: 'a', type: 'integer', onMissing: { impute: 1.5 } }, ['onMissing impute-misfit']],
      [{ name: 'a', type: 'boolean', onMissing: { impute: 1 } }, ['onMissing impute-misfit']],
      [{ name: 'a', type: 'boolean', onMissing: 'nan' }, ['onMissing nan-not-for-type']],
      [{ name: 'a', type: 'string', onMissing: 'nan' }, ['onMissing nan-not-for-type']],
      [{ name: 'a', type: 'string', maxLength: 2, onMissing: { impute: 'abc' } }, ['onMissing impute-misfit']],
      [{ name: 'a', type: 'string', pattern: '^b', onMissing: { impute: 'abc' } }, ['onMissing impute-misfit']],
      [{ name: 'a', type: 'string', pattern: '(a' }, ['pattern bad-pattern']],
      [{ name: 'a', type: 'string', pattern: '(?=a)' }, ['pattern bad-pattern']],
      [{ name: 'a', type: 'string', pattern: '(?:[a-z]?){300}\\d' }, ['pattern slow-pattern']],
      [{ name: 'a', type: 'string', pattern: '(?:[a-z]?){300}\\d', maxLength: 1661 }, []],
      [{ name: 'a', type: 'string', pattern: '(?:[a-z]?){300}\\d', maxLength: 1662 }, ['pattern slow-pattern']],
      [{ name: 'a', type: 'string', pattern: '^[A-Z]{97}$' }, []],
      [{ name: 'a', type: 'string', min: 1 }, ['min option-not-for-type']],
      [{ name: 'a', type: 'number', values: ['x'] }, ['values option-not-for-type']],
      [{ name: 'a', type: 'number', onUnknown: 'reject' }, ['onUnknown option-not-for-type']],
      [{ name: 'a', type: 'category' }, ['type values-missing']],
      [{ name: 'a', type: 'category', values: ['1', 1] }, ['values duplicate-label']],
      [{ name: 'a', type: 'category', values: { x: 1 }, onMissing: { impute: 'y' } }, ['onMissing impute-misfit']],
      [
        { name: 'a', type: 'category', values: { x: 1 }, onMissing: { impute: 'constructor' } },
        ['onMissing impute-misfit'],
      ],
      [{ name: 'a', type: 'category', values: { x: 1 }, onMissing: { impute: -1 }, onUnknown: 'ignore' }, []],
      [{ name: 'a', type: 'category', values: ['x'], onMissing: { impute: '' }, onUnknown: 'ignore' }, []],
      [{ name: 'a', type: 'category', values: ['x'], onUnknown: 'ignore' }, ['onUnknown ignore-rejects']],
    ];
    for (const [column, expected] of cases) expect([column, judgeColumn(column)]).toEqual([column, expected]);
  });
});
