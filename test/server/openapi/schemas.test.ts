/** Corners of the schemas that no fixture model has. */
import { Validator } from '@seriousme/openapi-schema-validator';
import { describe, expect, it } from 'vitest';
import type { Signature } from '../../../src/model/signature.ts';
import { openApiDocument } from '../../../src/server/openapi/document.ts';
import { predictionMembers } from '../../../src/server/openapi/prediction-schema.ts';
import { ROUTES } from '../../../src/server/routes.ts';
import { jsonText } from '../../../src/service/rows/write-json.ts';
import type { OutputSpec } from '../../../src/service/spec.ts';
import { NO_TOLERANCES } from '../../../src/service/tolerance.ts';
import { Conformity } from '../../support/conformity.ts';
import { identity } from '../../support/fake-engine.ts';
import { columns, signature, tensor } from '../../support/service-builders.ts';
import { handlerOf, type ModelUnderTest } from '../support.ts';

const spec = (given: Partial<OutputSpec>): OutputSpec => ({
  ...{ name: 'out', from: 'y', labels: undefined, argmax: false },
  ...given,
});
const member = (given: Partial<OutputSpec>, y: ReturnType<typeof tensor>) =>
  predictionMembers([spec(given)], signature([tensor('x', 'float32', ['N'])], [y])).out;
const LABELS = ['a', 'b'];

describe('the schema of a prediction', () => {
  it.each([
    [
      'a code with labels',
      { labels: LABELS },
      tensor('y', 'int64', ['N', 1]),
      { anyOf: [{ enum: LABELS }, { type: 'integer', format: 'int64' }] },
    ],
    [
      'the best of labels',
      { labels: LABELS, argmax: true },
      tensor('y', 'float32', ['N', 2]),
      { enum: ['a', 'b', null] },
    ],
    [
      'the best of an unknown number',
      { labels: LABELS, argmax: true },
      tensor('y', 'float32', ['N', null]),
      { anyOf: [{ enum: ['a', 'b', null] }, { type: ['integer', 'null'], minimum: 0 }] },
    ],
    ['an index', { argmax: true }, tensor('y', 'float64', ['N', 3]), { type: ['integer', 'null'], minimum: 0 }],
    ['text', {}, tensor('y', 'string', ['N']), { type: 'string' }],
    [
      'a nested list',
      {},
      tensor('y', 'uint8', ['N', 2, 'W']),
      {
        type: 'array',
        minItems: 2,
        maxItems: 2,
        items: { type: 'array', items: { type: 'integer', format: 'uint8', minimum: 0, maximum: 255 } },
      },
    ],
    [
      'an output without rows',
      {},
      tensor('y', 'bool', [3]),
      { type: 'array', minItems: 3, maxItems: 3, items: { type: 'boolean' } },
    ],
    ['an unknown rank', {}, tensor('y', 'float32', null), {}],
  ])('of %s', (_, given, y, schema) => {
    expect(member(given, y)).toEqual(schema);
  });
});

const model = (name: string, own: Signature, more: Partial<ModelUnderTest> = {}): ModelUnderTest => ({
  name,
  compute: identity,
  signature: own,
  ...more,
});
const documentOf = (models: readonly ModelUnderTest[]): Record<string, unknown> => {
  const { served } = handlerOf(models);
  return JSON.parse(
    jsonText(openApiDocument({ spec: { name: 's', version: '1.0.0' }, models: served, routes: ROUTES })),
  );
};

describe('the document', () => {
  const unusual = [
    model('no-inputs', signature([], [tensor('y', 'float32', [1])])),
    model('no-outputs', signature([tensor('x', 'float32', ['N'])], [])),
    model('any', signature([tensor('x', 'float32', null)], [tensor('y', 'float32', null)])),
    model('large', signature([tensor('x', 'float32', ['N', 3, 224, 224])], [tensor('y', 'float32', ['N'])])),
    model('odd-names', signature([tensor('a/b~"ü', 'float32', ['N'])], [tensor('', 'float32', ['N'])])),
    model('pattern', signature([tensor('x', 'string', ['N', 1])], [tensor('y', 'string', ['N', 1])]), {
      features: { onUnknownColumn: 'reject', columns: columns({ name: 'never', type: 'string', pattern: 'a^b' }) },
    }),
  ];

  it.each(unusual)('of a model with $name is valid, and every schema compiles', async (each) => {
    const document = documentOf([each]);
    const { errors } = await new Validator().validate({ ...document });
    expect(errors).toBeUndefined();
    const conformity = new Conformity(document);
    expect(() => conformity.requestProblems('POST', '/predict', {})).not.toThrow();
    expect(() => conformity.requestProblems('POST', '/v2/models/{model}/infer', {})).not.toThrow();
  });

  it('shows no example that is too large to read or that would be refused', () => {
    const { examples } = documentOf(unusual).components as { examples: Record<string, unknown> };
    const names = Object.keys(examples);
    expect(names.filter((name) => name.startsWith('large.') || name.startsWith('pattern.'))).toEqual([]);
    expect(names).toContain('any.Predict');
  });

  it('shows no V2 example of a golden one with missing numbers', () => {
    const own = signature([tensor('x', 'float32', ['N', 1])], [tensor('y', 'float32', ['N', 1])]);
    const features = {
      onUnknownColumn: 'reject',
      columns: columns({ name: 'c', type: 'number', onMissing: 'nan' }),
    } as const;
    const { served } = handlerOf([model('m', own, { features })]);
    const golden = {
      name: undefined,
      request: { instances: [{}] },
      predictions: [],
      tolerance: NO_TOLERANCES,
    };
    const { components } = openApiDocument({
      spec: { name: 's', version: '1.0.0' },
      models: served.map((each) => ({ ...each, golden })),
      routes: ROUTES,
    }) as { components: { examples: Record<string, unknown> } };
    expect(Object.keys(components.examples)).toEqual(['m.Predict']);
  });

  it('names no two components alike', () => {
    const own = signature([tensor('x', 'float32', ['N'])], [tensor('y', 'float32', ['N'])]);
    const { components } = documentOf([
      model('a', own),
      model('a', own, { version: '2.0.0+b' }),
      model('a.2.0.0_b', own),
    ]) as { components: { schemas: Record<string, { title?: string }> } };
    const titles = Object.entries(components.schemas).filter(([name]) => name.endsWith('.InferRequest'));
    expect(titles.map(([, { title }]) => title)).toEqual([
      'a 1.4.0: V2 request',
      'a 2.0.0+b: V2 request',
      'a.2.0.0_b 1.4.0: V2 request',
    ]);
  });
});
