import { describe, expect, it } from 'vitest';
import { compareSides } from '../../src/compare/compare-sides.ts';
import type { ComparedModel, Side } from '../../src/compare/side.ts';
import { digestFor } from '../support/sample-lock.ts';
import { columns, signature, tensor } from '../support/service-builders.ts';

const x = tensor('x', 'float32', ['batch', 4]);

function model(name: string, given: Partial<ComparedModel> & { readonly bytes?: string } = {}): ComparedModel {
  const { bytes = name, ...rest } = given;
  const digests = {
    model: digestFor(bytes),
    graph: digestFor('g'),
    weights: digestFor('w'),
    signature: digestFor('s'),
  };
  return {
    name,
    version: '1.0.0',
    digests,
    signature: signature([x]),
    opsets: undefined,
    operators: undefined,
    labels: undefined,
    declared: undefined,
    ...rest,
  };
}

/** Models go by the version of the service, but for those with another than 1.0.0. */
function service(version: string, ...given: readonly ComparedModel[]): Side {
  const models = given.map((each) => (each.version === '1.0.0' ? { ...each, version } : each));
  return { given: version, kind: 'project', commit: null, service: { name: 's', version }, models };
}

function file(given: ComparedModel): Side {
  return { given: 'x.onnx', kind: 'file', commit: null, service: null, models: [{ ...given, version: null }] };
}

const weights = (to: ComparedModel): ComparedModel => ({
  ...to,
  digests: { ...to.digests, model: digestFor('other'), weights: digestFor('other weights') },
});

describe('two sides', () => {
  it('that hold the same demand nothing', () => {
    const found = compareSides(service('1.0.0', model('a')), service('1.0.0', model('a')));
    expect(found).toMatchObject({ kind: 'identical', step: 'none', changes: [], issues: [] });
    expect(found.version).toMatchObject({ taken: 'none', isEnough: true });
  });

  it('with other weights demand a patch, and fail without one', () => {
    const [a, b] = [model('a'), weights(model('a'))];
    expect(compareSides(service('1.0.0', a), service('1.0.1', b))).toMatchObject({
      kind: 'weights',
      step: 'patch',
      issues: [],
    });
    expect(compareSides(service('1.0.0', a), service('1.0.0', b)).issues).toMatchObject([
      { rule: 'diff.version', severity: 'error', hint: 'set the version of the service to 1.0.1 or a later one' },
    ]);
  });

  it('have no version to check where one is a bare file, whatever its model is called', () => {
    const found = compareSides(service('1.0.0', model('a', { bytes: 'same' })), file(model('b', { bytes: 'same' })));
    expect(found).toMatchObject({ kind: 'identical', version: null, models: [{ version: null }], changes: [] });
  });

  it('lose and gain models, and another first one is another default', () => {
    const [a, b, c] = [model('a'), model('b'), model('c')];
    const { changes, step } = compareSides(service('1.0.0', a, b), service('2.0.0', c, b));
    expect(changes.map(({ rule, step: each, where }) => `${each} ${rule} ${where}`)).toEqual([
      'major model.removed model "a" 1.0.0',
      'minor model.added model "c" 2.0.0',
      'major service.default-model first model',
    ]);
    expect(step).toBe('major');
  });

  it('check a model with a version of its own by that too', () => {
    const own = { version: '7.1.0' };
    const [a, b] = [model('a', own), weights(model('a', own))];
    const found = compareSides(service('1.0.0', a), service('1.0.1', b));
    expect(found.models[0]?.version).toMatchObject({ was: '7.1.0', is: '7.1.0', isEnough: false, atLeast: '7.1.1' });
    expect(found.issues.map(({ hint }) => hint)).toEqual(['set the version of the model "a" to 7.1.1 or a later one']);
  });

  it('say so when features are declared on one alone', () => {
    const features = { columns: columns({ name: 'f', type: 'number' }), onUnknownColumn: 'reject' } as const;
    const declared = { features, outputs: [] };
    const { issues, kind } = compareSides(file(model('a')), service('1.0.0', model('a', { declared })));
    expect(kind).toBe('identical');
    expect(issues).toMatchObject([{ rule: 'diff.one-sided', severity: 'info' }]);
  });

  it('suppose the worst of a signature that nobody recorded', () => {
    const unknown = model('a', { signature: undefined });
    const other = {
      ...model('a'),
      digests: { ...model('a').digests, model: digestFor('o'), signature: digestFor('o') },
    };
    expect(compareSides(service('1.0.0', unknown), service('2.0.0', other)).models[0]?.changes).toMatchObject([
      { rule: 'signature.unknown', step: 'major' },
    ]);
  });

  it('break callers with other classes', () => {
    const labelled = (...labels: string[]) => ({ ...weights(model('a')), labels });
    const found = compareSides(file(labelled('no', 'yes')), file(labelled('no', 'maybe')));
    expect(found).toMatchObject({
      kind: 'breaking',
      models: [{ changes: [{ rule: 'labels.changed', step: 'major' }] }],
    });
  });
});
