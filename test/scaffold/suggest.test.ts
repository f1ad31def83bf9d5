import { join, resolve } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openSource } from '../../src/io/byte-source.ts';
import { findCategories } from '../../src/model/categories.ts';
import { readModel } from '../../src/model/read-model.ts';
import type { TensorValue } from '../../src/model/signature.ts';
import type { ModelStructure } from '../../src/model/structure.ts';
import { findClassLabels } from '../../src/scaffold/find-labels.ts';
import { sampleRequests } from '../../src/scaffold/sample-request.ts';
import { serviceName } from '../../src/scaffold/service-name.ts';
import { type SuggestedFeatures, suggestFeatures } from '../../src/scaffold/suggest-features.ts';
import { suggestOutputs, unnamedClasses } from '../../src/scaffold/suggest-outputs.ts';

const MODELS = resolve(import.meta.dirname, '../../fixtures/models');

function read(name: string) {
  const source = openSource(join(MODELS, name, 'model.onnx'), name);
  onTestFinished(() => source.close());
  return { source, structure: readModel(source) };
}

function features(name: string): SuggestedFeatures | undefined {
  const { source, structure } = read(name);
  return suggestFeatures(structure, findCategories(structure, source));
}

const tensor = (name: string, elementType: TensorValue['elementType'], shape: TensorValue['shape']): TensorValue => ({
  kind: 'tensor',
  name,
  elementType,
  shape,
});

function model(inputs: readonly TensorValue[], metadata: Readonly<Record<string, string>> = {}): ModelStructure {
  return {
    signature: { inputs, defaultedInputs: [], outputs: [] },
    metadata: Object.entries(metadata).map(([key, value]) => ({ key, value })),
  } as unknown as ModelStructure;
}

const names = (suggested: SuggestedFeatures | undefined) => suggested?.columns.map(({ name }) => name);

describe('suggesting features', () => {
  it('names the columns of a matrix f0, f1, …', () => {
    expect(features('real/iris')).toEqual({
      names: 'invented',
      columns: ['f0', 'f1', 'f2', 'f3'].map((name) => ({ name, input: 'float_input', type: 'number' })),
    });
  });

  it('takes the names and types of per-column inputs, with the labels a string input was trained on', () => {
    expect(features('real/mixed')).toEqual({
      names: 'inputs',
      columns: [
        { name: 'sex', input: 'sex', type: 'string', known: ['female', 'male'] },
        { name: 'pressure', input: 'pressure', type: 'string', known: ['high', 'low', 'normal', 'raised'] },
        { name: 'age', input: 'age', type: 'integer' },
        { name: 'bmi', input: 'bmi', type: 'number' },
        { name: 'glucose', input: 'glucose', type: 'number' },
      ],
    });
  });

  it('makes a category of a string input whose encoder refuses other labels', () => {
    const closed = new Map([['colour', { labels: ['red', 'green'], closed: true }]]);
    const suggested = suggestFeatures(model([tensor('colour', 'string', [null, 1])]), closed);
    expect(suggested?.columns).toEqual([
      { name: 'colour', input: 'colour', type: 'category', values: ['red', 'green'] },
    ]);
  });

  it('keeps names unique where several matrices go in', () => {
    const suggested = suggestFeatures(model([tensor('a', 'bool', ['N', 2]), tensor('b', 'int8', ['N', 1])]), new Map());
    expect(suggested?.columns.map(({ name, type }) => [name, type])).toEqual([
      ['a_0', 'boolean'],
      ['a_1', 'boolean'],
      ['b', 'integer'],
    ]);
  });

  it.each([
    ['JSON', { feature_names: '["width", "height (cm)"]' }],
    ["Python's list", { feature_names: "['width', 'height (cm)']" }],
    ['commas', { Features: 'width, height (cm)' }],
    ['lines', { columns: 'width\nheight (cm)' }],
  ])('takes the names in the metadata, written as %s', (_, metadata) => {
    const matrix = tensor('x', 'float32', ['N', 2]);
    expect(names(suggestFeatures(model([matrix], metadata), new Map()))).toEqual(['width', 'height (cm)']);
    const open = tensor('x', 'float32', [null, null]);
    expect(names(suggestFeatures(model([open], metadata), new Map()))).toEqual(['width', 'height (cm)']);
  });

  it.each([
    ['too few', { feature_names: '["width"]' }],
    ['twice the same', { feature_names: 'a,a' }],
    ['not a list', { feature_names: '[1, 2]' }],
    ['an empty name', { feature_names: 'a,' }],
  ])('does not believe metadata with %s', (_, metadata) => {
    expect(names(suggestFeatures(model([tensor('x', 'float32', ['N', 2])], metadata), new Map()))).toEqual([
      'f0',
      'f1',
    ]);
  });

  it('leaves images, open matrices, scalars and models without batch to raw tensors', () => {
    expect(features('real/digits-cnn')).toBeUndefined();
    expect(features('protocol/identity-float32')).toBeUndefined();
    expect(features('protocol/no-batch')).toBeUndefined();
    expect(features('protocol/scalar-input')).toBeUndefined();
    expect(suggestFeatures(model([tensor('x', 'float32', ['N', 257])]), new Map())).toBeUndefined();
    expect(suggestFeatures(model([]), new Map())).toBeUndefined();
  });
});

describe('finding class labels', () => {
  it.each([
    ['real/iris', ['0', '1', '2']],
    ['real/iris-zipmap', ['0', '1', '2']],
    ['real/breast-cancer-xgboost', ['0', '1']],
    ['real/digits-cnn', undefined],
    ['real/diabetes', undefined],
  ])('of %s', (name, labels) => {
    const { structure, source } = read(name);
    expect(findClassLabels(structure, source)).toEqual(labels);
  });

  it('gives them to the output of scores', () => {
    const { structure, source } = read('real/text');
    const labels = findClassLabels(structure, source);
    expect(labels).toContain('twenty_newsgroups');
    expect(suggestOutputs(structure.signature, { labels, codes: false, known: new Map() })).toEqual([
      { name: 'label', from: 'label' },
      { name: 'probabilities', from: 'probabilities', labels },
    ]);
  });

  it('gives them to none when two outputs could hold the scores', () => {
    const outputs = [tensor('a', 'float32', ['N', null]), tensor('b', 'float32', ['N', null])];
    const signature = { inputs: [], defaultedInputs: [], outputs };
    expect(suggestOutputs(signature, { labels: ['x', 'y'], codes: false, known: new Map() })).toEqual([
      { name: 'a', from: 'a' },
      { name: 'b', from: 'b' },
    ]);
  });

  it('says for how many classes the graph has no names', () => {
    expect(unnamedClasses(read('real/digits-cnn').structure.signature)).toBe(10);
    expect(unnamedClasses(read('real/diabetes').structure.signature)).toBeUndefined();
  });
});

describe('sample requests', () => {
  interface Inputs {
    readonly inputs: Readonly<Record<string, readonly (readonly unknown[])[]>>;
  }
  const requests = (...given: Parameters<typeof sampleRequests>) => [...sampleRequests(...given)];

  it('has a value for every feature, one the model knows where labels are known', () => {
    const { structure } = read('real/mixed');
    expect(requests(structure.signature, features('real/mixed'))).toEqual([
      { instances: [{ sex: 'female', pressure: 'high', age: 0, bmi: 0, glucose: 0 }] },
      { instances: [{ sex: 'female', pressure: 'high', age: 0, bmi: 0, glucose: 0 }] },
    ]);
    const text = read('real/text').structure;
    expect(requests(text.signature, features('real/text'))).toEqual([
      { instances: [{ text: 'example' }] },
      { instances: [{ text: '0' }] },
    ]);
  });

  it('gives whole tensors to a raw model and tries other sizes where dimensions are open', () => {
    const { structure } = read('protocol/no-batch');
    expect(requests(structure.signature, undefined)).toEqual([
      {
        inputs: {
          grid: [
            [0, 0, 0],
            [0, 0, 0],
          ],
        },
      },
    ]);
    const open = requests(read('protocol/identity-bool').structure.signature, undefined);
    expect(open[0]).toEqual({ inputs: { INPUT0: [[false]] } });
    expect(open.length).toBeGreaterThan(3);
    const sizes = ({ inputs }: Inputs) => inputs.INPUT0?.[0]?.length;
    expect((open as unknown as readonly Inputs[]).map(sizes)).toEqual([1, 8, 32, 64, 224, 256, 512, 1024]);
  });

  it('makes none that is larger than asked for', () => {
    const { signature } = read('protocol/identity-bool').structure;
    expect([...sampleRequests(signature, undefined, 100)]).toHaveLength(4);
    expect([...sampleRequests(signature, undefined, 0)]).toEqual([]);
  });
});

it.each([
  ['My Model_v2.onnx', 'my-model-v2'],
  ['Éclair.ONNX', 'eclair'],
  ['2024-fraud', 'fraud'],
  ['---', 'model'],
  ['模型', 'model'],
  [`${'a'.repeat(62)}-b`, 'a'.repeat(62)],
])('makes the service name of %s', (text, name) => {
  expect(serviceName(text)).toBe(name);
});
