/** The OpenAPI documents of services with fixture models: what they say, that they are valid, and that their examples work. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Validator } from '@seriousme/openapi-schema-validator';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { startInProcess } from '../../../src/commands/start-in-process.ts';
import { operationKey } from '../../../src/server/openapi/document.ts';
import { OPERATIONS } from '../../../src/server/openapi/operations.ts';
import { ROUTES } from '../../../src/server/routes.ts';
import { Conformity } from '../../support/conformity.ts';
import { type Documented, documented } from '../../support/documented.ts';
import { makeTemp } from '../../support/temp.ts';
import { testIo } from '../../support/test-io.ts';

const FLOWERS = `apiVersion: mlserve.dev/v1
name: flowers
version: 1.4.0
models:
  - name: iris
    path: models/iris/model.onnx
    features:
      input: float_input
      columns:
        - {name: sepal length, type: number, min: 0, max: 10, unit: cm}
        - {name: sepal width, type: number, min: 0, unit: cm, onMissing: {impute: 3.5}}
        - {name: petal length, type: number, onMissing: nan}
        - {name: petals, type: integer, max: 20}
    outputs:
      - {name: species, from: label, labels: [setosa, versicolor, virginica]}
      - {name: score, from: probabilities, labels: [setosa, versicolor, virginica]}
      - {name: best, from: probabilities, argmax: true, labels: [setosa, versicolor, virginica]}
    examples: examples/*.json
server: {healthPath: /health, predictPath: "/v1/endpoints/1/deployedModels/2:predict"}
`;
const GOLDEN = JSON.stringify({
  request: { instances: [{ 'sepal length': 5.1, 'sepal width': 3.5, 'petal length': 1.4, petals: 4 }] },
  response: { predictions: [{}] },
});

const MANY = `apiVersion: mlserve.dev/v1
name: many
version: 2.0.0
models:
  - {name: simple, path: models/simple/model.onnx, limits: {rowsPerRequest: 5}}
  - name: patients
    path: models/mixed/model.onnx
    features:
      onUnknownColumn: ignore
      columns:
        - {name: sex, type: category, values: [female, male]}
        - {name: pressure, type: category, values: [low, normal, raised, high], onMissing: {impute: normal}, onUnknown: ignore}
        - {name: age, type: integer, min: 0, max: 130}
        - {name: bmi, type: number, min: 10}
        - {name: glucose, type: number}
  - name: patients
    version: 1.0.0+old
    path: models/mixed/model.onnx
  - name: patients.1.0.0_old
    path: models/no-batch/model.onnx
  - name: text
    path: models/text/model.onnx
    features: {columns: [{name: text, type: string, maxLength: 20, pattern: "^[A-Z][a-z]+( [a-z]+)*$"}]}
  - {name: lengths, path: models/two-dynamic/model.onnx}
  - {name: half, path: models/fp16/model.onnx}
  - {name: totals, path: models/scalar-output/model.onnx}
  - {name: names, path: models/prototype-names/model.onnx}
  - {name: bytes, path: models/identity-uint8/model.onnx}
  - {name: wide, path: models/identity-int64/model.onnx}
  - {name: digits, path: models/digits-cnn/model.onnx}
`;
const MANY_FIXTURES = [
  ...['real/mixed', 'real/text', 'real/digits-cnn', 'protocol/simple', 'protocol/no-batch', 'protocol/two-dynamic'],
  ...['protocol/fp16', 'protocol/scalar-output', 'protocol/prototype-names', 'protocol/identity-uint8'],
  'protocol/identity-int64',
];

let home: string;
let flowers: Documented;
let many: Documented;

beforeAll(async () => {
  home = await makeTemp();
  flowers = await documented(join(home, 'flowers'), FLOWERS, ['real/iris'], { 'examples/one.json': GOLDEN });
  many = await documented(join(home, 'many'), MANY, MANY_FIXTURES);
});

afterAll(() => rm(home, { recursive: true, force: true }));

const NAMES = ['flowers', 'many'] as const;
const serviceOf = (name: (typeof NAMES)[number]): Documented => ({ flowers, many })[name];

describe('the OpenAPI document', () => {
  it('says all of a service with features, labels and a golden example', async () => {
    await expect(text(flowers.document)).toMatchFileSnapshot('flowers.yaml');
  });

  it('says of every kind of model what goes in and what comes out', async () => {
    const { schemas, examples } = many.document.components;
    await expect(text({ schemas, examples })).toMatchFileSnapshot('many.yaml');
  });

  it.each(NAMES)('of %s is valid by the official schema of OpenAPI 3.1', async (name) => {
    const service = serviceOf(name);
    const { valid, errors } = await new Validator().validate({ ...service.document });
    expect(errors).toBeUndefined();
    expect(valid).toBe(true);
  });

  it('has words for every route, and no words for what is no route', () => {
    const routes = new Set(ROUTES.map(({ method, path }) => operationKey(method, path)));
    expect(Object.keys(OPERATIONS).sort()).toEqual([...routes].sort());
  });

  it.each(NAMES)('of %s lists every route once, each operation under an id of its own', (name) => {
    const service = serviceOf(name);
    const operations = Object.values(service.document.paths).flatMap((path) => Object.values(path));
    const ids = operations.map(({ operationId }) => operationId);
    expect(new Set(ids).size).toBe(ids.length);
    const own = [service.project.spec.server.healthPath, service.project.spec.server.predictPath];
    expect(ids).toHaveLength(ROUTES.length + own.filter((path) => path !== '').length);
  });

  it('takes a golden example before a made-up row', () => {
    expect(flowers.document.components.examples?.['iris.Predict']).toEqual({
      summary: 'iris 1.4.0: a golden example',
      value: JSON.parse(GOLDEN).request,
    });
  });

  it.each(NAMES)('of %s has examples that fit its schemas and are answered', async (name) => {
    const service = serviceOf(name);
    const conformity = new Conformity(service.document);
    const running = await run(service);
    try {
      for (const { spec } of service.models) {
        const address = `${spec.name}/versions/${encodeURIComponent(spec.version)}`;
        for (const [use, path, template] of USES) {
          const body = exampleOf(service, spec.name, spec.version, use);
          expect(body, `${spec.name} ${use}`).toBeDefined();
          // ajv knows no property of the name __proto__.
          const problems = spec.name === 'names' ? [] : conformity.requestProblems('POST', template, body);
          expect(problems).toEqual([]);
          const target = path.replace('{}', address);
          const response = await running.post(target, JSON.stringify(body));
          expect([response.status, String(response.body)]).toEqual([200, expect.anything()]);
          expect(conformity.problems({ method: 'POST', target, ...response })).toEqual([]);
        }
      }
    } finally {
      await running.close();
    }
  });
});

const USES = [
  ['Predict', '/models/{}/predict', '/models/{model}/versions/{version}/predict'],
  ['Infer', '/v2/models/{}/infer', '/v2/models/{model}/versions/{version}/infer'],
] as const;

/** The summary names model and version. */
function exampleOf({ document }: Documented, name: string, version: string, use: string): unknown {
  const all = Object.entries(document.components.examples ?? {}) as [string, { summary: string; value: unknown }][];
  return all.find(([key, { summary }]) => key.endsWith(`.${use}`) && summary.startsWith(`${name} ${version}:`))?.[1]
    .value;
}

async function run({ project }: Documented) {
  const io = testIo(project.dir);
  const { handler, close } = await startInProcess(project, io, { frozen: false });
  const post = (target: string, body: string) =>
    handler.handle({
      method: 'POST',
      target,
      headers: {},
      body: new TextEncoder().encode(body),
      signal: new AbortController().signal,
    });
  return { post, close };
}

function text(value: unknown): string {
  return stringify(value, { lineWidth: 0 });
}
