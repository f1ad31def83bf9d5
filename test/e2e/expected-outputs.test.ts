/** One service with every fixture model: its answers over V2, gRPC and `/predict` are what Python computed, within 1e-5. */
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type AnsweredTensor,
  type Cases,
  expectCell,
  expectTensor,
  inferBody,
  nestedText,
  parseLossless,
} from '../support/cases.ts';
import { fixturePath, listFixtures, readCases } from '../support/fixtures.ts';
import { GrpcClient } from '../support/grpc-client.ts';
import { answeredTensors, inferMessage } from '../support/grpc-tensors.ts';
import { runCli } from '../support/run-cli.ts';
import { type Served, startServer } from '../support/served.ts';
import { makeTemp } from '../support/temp.ts';

const GROUPS = ['real', 'protocol', 'foreign', 'digest'] as const;
const fixtures = GROUPS.flatMap((group) => listFixtures(group, 'cases.json'));
const modelName = (fixture: string): string => fixture.replace('/', '.');

let home: string;
let served: Served;
let grpc: GrpcClient;

/** Copies every fixture into one project; a ZipMap is removed as its rule advises. */
async function makeProject(): Promise<void> {
  const models: string[] = [];
  for (const fixture of fixtures) {
    const path = `models/${modelName(fixture)}/model.onnx`;
    await mkdir(dirname(join(home, path)), { recursive: true });
    if (fixture.endsWith('-zipmap')) {
      const { code, stderr } = await runCli(['fix', 'zipmap', fixturePath(fixture), '-o', path], { cwd: home });
      expect(code, stderr).toBe(0);
    } else {
      await cp(dirname(fixturePath(fixture)), dirname(join(home, path)), { recursive: true });
    }
    models.push(`  - { name: ${modelName(fixture)}, path: ${path} }`);
  }
  const yaml = ['apiVersion: mlserve.dev/v1', 'name: everything', 'version: 1.0.0', 'models:', ...models, ''];
  await writeFile(join(home, 'mlserve.yaml'), yaml.join('\n'));
}

beforeAll(async () => {
  home = await makeTemp();
  await makeProject();
  served = await startServer(home, ['--grpc-port', '0'], 100_000);
  grpc = new GrpcClient(served.grpc);
}, 120_000);

afterAll(async () => {
  grpc?.close();
  const code = await served?.stop();
  await rm(home, { recursive: true, force: true });
  expect(code).toBe(0);
});

async function readRawCases(fixture: string): Promise<Cases> {
  return JSON.parse(await readFile(join(dirname(fixturePath(fixture)), 'cases.json'), 'utf8')) as Cases;
}

async function post(path: string, body: string): Promise<{ readonly text: string; readonly json: unknown }> {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(`${served.url}${path}`, { method: 'POST', headers, body });
  const text = await answer.text();
  expect(answer.status, text.slice(0, 500)).toBe(200);
  expect(answer.headers.get('x-model-digest')).toMatch(/^sha256:[0-9a-f]{64}$/);
  return { text, json: parseLossless(text) };
}

describe('every fixture model', () => {
  it('is there to be asked', () => {
    expect(fixtures.length).toBeGreaterThan(40);
  });

  it.each(fixtures)('%s answers V2 inference with what Python computed', async (fixture) => {
    const cases = await readRawCases(fixture);
    const { json } = await post(`/v2/models/${modelName(fixture)}/infer`, inferBody(cases.inputs));
    const { outputs, model_version: version } = json as { outputs: AnsweredTensor[]; model_version: string };
    expect(version).toBe('1.0.0');
    for (const [name, expected] of Object.entries(cases.outputs)) {
      expectTensor(
        outputs.find((output) => output.name === name),
        expected,
        `${fixture} ${name}`,
      );
    }
  });

  it.each(fixtures)(
    '%s answers gRPC with what Python computed, from typed contents and from raw ones',
    async (fixture) => {
      const { inputs } = readCases(fixture);
      const cases = await readRawCases(fixture);
      for (const form of ['raw', 'typed'] as const) {
        const message = inferMessage(modelName(fixture), inputs, form);
        if (message === undefined) continue;
        const answer = await grpc.ask('ModelInfer', message);
        expect(answer.code, answer.details).toBe(0);
        expect(answer.headers['x-model-digest']).toMatch(/^sha256:[0-9a-f]{64}$/);
        const outputs = answeredTensors(answer.message);
        for (const [name, expected] of Object.entries(cases.outputs)) {
          const actual = outputs.find((output) => output.name === name);
          expectTensor(actual, expected, `${fixture} ${name} ${form}`);
        }
      }
    },
  );

  it.each(fixtures)('%s answers /predict with raw tensors with what Python computed', async (fixture) => {
    const cases = await readRawCases(fixture);
    const members = Object.entries(cases.inputs).map(
      ([name, tensor]) => `${JSON.stringify(name)}:${nestedText(tensor)}`,
    );
    // JSON proper has no token for non-finite numbers; V2 above covers those.
    if (members.some((text) => /NaN|Infinity/.test(text))) return;
    const { json } = await post(`/models/${modelName(fixture)}/predict`, `{"inputs":{${members.join(',')}}}`);
    const { predictions } = json as { predictions: readonly Record<string, unknown>[] };
    for (const [name, { type, dims, data }] of Object.entries(cases.outputs)) {
      // A model without a batch dimension answers once, with whole tensors; a scalar output is the same in every prediction.
      const rows = dims.length === 0 ? predictions.slice(-1) : predictions;
      const actual = rows.map((prediction) => prediction[name]).flat(Infinity);
      expect(actual.length, `${fixture} ${name}`).toBe(data.length);
      data.forEach((cell, at) => {
        expectCell(actual[at], cell, type, `${fixture} ${name}[${at}]`);
      });
    }
  });
});
