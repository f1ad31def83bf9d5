/** `init` with real models: what it writes passes `validate` and is answered by the handler that serves it. */
import { existsSync } from 'node:fs';
import { cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { type InitOptions, init } from '../../src/commands/init.ts';
import { openProject } from '../../src/commands/project.ts';
import { renderInit } from '../../src/commands/render-init.ts';
import { startInProcess } from '../../src/commands/start-in-process.ts';
import { validate } from '../../src/commands/validate.ts';
import { hasErrors } from '../../src/issue.ts';
import { RULES } from '../../src/model/rules/table.ts';
import { fixturePath, listFixtures, materialise, readProvenance } from '../support/fixtures.ts';
import {
  attribute,
  externalTensor,
  field,
  floats,
  graph,
  int,
  int64s,
  model,
  node,
  tensor,
  value,
} from '../support/onnx-writer.ts';
import { tempFolder } from '../support/temp.ts';
import { type TestIo, testIo } from '../support/test-io.ts';
import { writeModel } from '../support/write-model.ts';

const int64Tensor = (name: string, dims: readonly number[], values: readonly bigint[]) =>
  tensor({ name, type: 7, dims, fields: [field(9, int64s(values))] });

const options = (model: string, more: Partial<InitOptions> = {}): InitOptions => ({
  model,
  force: false,
  dryRun: false,
  ...more,
});

async function tree(folder: string): Promise<Record<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => !entry.isDirectory()).map((entry) => join(entry.parentPath, entry.name));
  const pairs = files.map(async (file) => [file.slice(folder.length + 1), await readFile(file, 'base64')] as const);
  return Object.fromEntries((await Promise.all(pairs)).sort());
}

/** The answer of `POST /predict` to the example's request. */
async function askExample(dir: string, io: TestIo): Promise<{ answer: unknown; expected: unknown }> {
  const example = JSON.parse(await readFile(join(dir, 'examples/golden.json'), 'utf8'));
  const { handler, close } = await startInProcess(await openProject(dir, {}, io), io, { frozen: true });
  try {
    const { status, body } = await handler.handle({
      method: 'POST',
      target: '/predict',
      headers: {},
      body: new TextEncoder().encode(JSON.stringify(example.request)),
      signal: new AbortController().signal,
    });
    expect(status, String(body)).toBe(200);
    return { answer: JSON.parse(String(body)).predictions, expected: example.response.predictions };
  } finally {
    await close();
  }
}

const fixtures = (['real', 'protocol', 'foreign'] as const).flatMap((group) => listFixtures(group));

describe('every fixture model', () => {
  it.each(fixtures)(
    '%s becomes a project that validates and answers its own example',
    async (fixture) => {
      const cwd = await tempFolder();
      const io = testIo(cwd);
      const result = await init(options(fixturePath(fixture), { dir: 'project' }), io);
      expect(result.files.every(({ state }) => state === 'new')).toBe(true);
      const { issues } = await validate({ target: 'project', run: true, frozen: true }, io);
      expect(hasErrors(issues), JSON.stringify(issues)).toBe(false);
      const { answer, expected } = await askExample(join(cwd, 'project'), io);
      expect(answer).toEqual(expected);
      expect((expected as unknown[]).length).toBeGreaterThan(0);
    },
    120_000,
  );
});

describe('the project', () => {
  it('has everything in its place and nothing else', async () => {
    const cwd = await tempFolder();
    const result = await init(options(fixturePath('protocol/external-data')), testIo(cwd));
    expect(result.dir).toBe('model');
    const data = (await readdir(join(fixturePath('protocol/external-data'), '..'))).filter((name) =>
      /data|bin|weights/.test(name),
    );
    expect(data.length).toBeGreaterThan(0);
    expect(Object.keys(await tree(cwd))).toEqual(
      [
        '.gitattributes',
        '.gitignore',
        '.mlserve/schema.json',
        'README.md',
        'examples/golden.json',
        'mlserve.lock',
        'mlserve.yaml',
        'models/model.onnx',
        ...data.map((name) => `models/${name}`),
      ]
        .map((name) => `model/${name}`)
        .sort(),
    );
  });

  it('of a model with many free dimensions has the smallest example', async () => {
    const open = ['N', 'c', 'h', 'w'];
    const path = await writeModel(
      model(
        graph({
          nodes: [node({ op: 'Identity', inputs: ['x'], outputs: ['y'] })],
          inputs: [value('x', 1, open)],
          outputs: [value('y', 1, open)],
        }),
      ),
    );
    const cwd = await tempFolder();
    await init(options(path, { dir: 'p' }), testIo(cwd));
    const example = JSON.parse(await readFile(join(cwd, 'p/examples/golden.json'), 'utf8'));
    expect(example.request).toEqual({ inputs: { x: [[[[0]]]] } });
  });

  it('takes labels that an encoder knows behind a Gather, for it refuses all others', async () => {
    const labels = ['Paris', 'Rome'].map((label) => field(9, label));
    const encoder = [attribute('cats_strings', 8, ...labels), attribute('zeros', 2, int(3, 0))];
    const path = await writeModel(
      model(
        graph({
          initializers: [int64Tensor('first', [1], [0n])],
          nodes: [
            node({
              op: 'Gather',
              inputs: ['city', 'first'],
              outputs: ['one'],
              attributes: [attribute('axis', 2, int(3, 1))],
            }),
            node({ op: 'OneHotEncoder', domain: 'ai.onnx.ml', inputs: ['one'], outputs: ['y'], attributes: encoder }),
          ],
          inputs: [value('city', 8, ['N', 1])],
          outputs: [value('y', 1, ['N', 1, 2])],
        }),
      ),
    );
    const cwd = await tempFolder();
    await init(options(path, { dir: 'p' }), testIo(cwd));
    const example = JSON.parse(await readFile(join(cwd, 'p/examples/golden.json'), 'utf8'));
    expect(example).toMatchObject({
      request: { instances: [{ city: 'Paris' }] },
      response: { predictions: [{ y: [[1, 0]] }] },
    });
    expect(
      (await validate({ target: 'p', frozen: true, run: true }, testIo(cwd))).issues.map(({ rule }) => rule),
    ).toEqual(['MSV026']);
  });

  it('has no example, and says so, when the model answers nothing that can be made up', async () => {
    const path = await writeModel(
      model(
        graph({
          initializers: [int64Tensor('table', [2], [7n, 8n]), int64Tensor('offset', [1], [-16000n])],
          nodes: [
            node({ op: 'Add', inputs: ['rate', 'offset'], outputs: ['at'] }),
            node({ op: 'Gather', inputs: ['table', 'at'], outputs: ['y'] }),
          ],
          inputs: [value('rate', 7, ['N', 1])],
          outputs: [value('y', 7, ['N', 1])],
        }),
      ),
    );
    const cwd = await tempFolder();
    const io = testIo(cwd);
    const result = await init(options(path, { dir: 'p' }), io);
    expect(result.files.map((file) => file.path)).not.toContain('examples/golden.json');
    expect(io.stderr()).toContain('there is no golden example yet');
    const { issues } = await validate({ target: 'p', frozen: true, run: true }, testIo(cwd));
    expect(issues.map(({ rule }) => rule)).toEqual(['MSV035', 'golden.none']);
    expect(hasErrors(issues)).toBe(false);
  });

  it('is refused a name that a data file of the model has', async () => {
    const cwd = await tempFolder();
    const initializers = [externalTensor('w', 1, [1], { location: './Fraud.onnx', offset: 0, length: 4 })];
    const body = graph({
      nodes: [node({ op: 'Add', inputs: ['x', 'w'], outputs: ['y'] })],
      initializers,
      inputs: [value('x', 1, ['N', 1])],
      outputs: [value('y', 1, ['N', 1])],
    });
    await writeFile(join(cwd, 'm.onnx'), model(body));
    await writeFile(join(cwd, 'Fraud.onnx'), floats([3]));
    await expect(init(options('m.onnx', { dir: 'p', name: 'fraud' }), testIo(cwd))).rejects.toMatchObject({
      code: 'USAGE',
      message: expect.stringContaining('Fraud.onnx'),
      hint: expect.stringContaining('--name'),
    });
    expect(await readdir(cwd)).toEqual(['Fraud.onnx', 'm.onnx']);
    await init(options('m.onnx', { dir: 'p', name: 'other' }), testIo(cwd));
    expect(await readdir(join(cwd, 'p/models'))).toEqual(['Fraud.onnx', 'other.onnx']);
  });

  it('has no ZipMap, keeps its labels, and says so', async () => {
    const cwd = await tempFolder();
    const io = testIo(cwd);
    await init(options(fixturePath('real/mixed-zipmap'), { dir: 'wine', name: 'grapes' }), io);
    const text = await readFile(join(cwd, 'wine/mlserve.yaml'), 'utf8');
    const { name, models } = parse(text);
    expect(name).toBe('grapes');
    expect(models[0].path).toBe('models/grapes.onnx');
    expect(models[0].outputs[1].labels.length).toBeGreaterThan(1);
    expect(text).toMatch(/# The ZipMap node .* was removed/);
    expect(io.stderr()).toContain('warning: The ZipMap node');
  });

  it('takes labels that a person gives, for scores and for class numbers', async () => {
    const cwd = await tempFolder();
    const io = testIo(cwd);
    await init(options(fixturePath('real/iris'), { dir: 'p', labels: 'setosa, versicolor, virginica' }), io);
    const { expected } = await askExample(join(cwd, 'p'), io);
    const [prediction] = expected as { label: string; probabilities: Record<string, number> }[];
    expect(Object.keys(prediction?.probabilities ?? {})).toEqual(['setosa', 'versicolor', 'virginica']);
    expect(['setosa', 'versicolor', 'virginica']).toContain(prediction?.label);
  });
});

describe('asking', () => {
  it('asks for what is missing when nothing was said', async () => {
    const cwd = await tempFolder();
    const answers = {
      '--model': fixturePath('real/digits-cnn'),
      '--name': 'digits',
      '--max-rows': '16',
      '--labels': '0,1,2,3,4,5,6,7,8,nine',
    };
    const io = testIo(cwd, { answers });
    const { dir } = await init({ force: false, dryRun: false }, io);
    expect(dir).toBe('digits');
    expect(io.questions.length).toBe(4);
    const { batching, models } = parse(await readFile(join(cwd, 'digits/mlserve.yaml'), 'utf8'));
    expect(batching).toEqual({ maxRows: 16 });
    expect(models[0].outputs[0].labels[9]).toBe('nine');
  });

  it('says what is wrong with an answer at once, and asks again', async () => {
    const cwd = await tempFolder();
    await writeFile(join(cwd, 'notes.onnx'), 'no model');
    const answers = {
      '--model': ['nowhere.onnx', 'notes.onnx', fixturePath('real/digits-cnn')],
      '--name': ['My Digits', ''],
      '--max-rows': ['many', '0', ''],
      '--labels': ['a,b', ''],
    };
    const io = testIo(cwd, { answers });
    expect((await init({ force: false, dryRun: false }, io)).dir).toBe('model');
    expect(io.stderr().match(/^> .*/gm)).toEqual([
      expect.stringMatching(/^> nowhere.onnx does not exist: check the path/),
      expect.stringMatching(/^> this is not an ONNX file/),
      expect.stringMatching(/^> "My Digits" cannot be the name of a service: .*: my-digits$/),
      '> "many" is no number of rows: give a whole number from 1 to 1000000',
      '> "0" is no number of rows: give a whole number from 1 to 1000000',
      expect.stringMatching(/^> the model has 10 classes, so it takes 10 different labels/),
    ]);
  });

  it('names the flag where there is nobody to ask', async () => {
    await expect(init({ force: false, dryRun: false }, testIo(await tempFolder()))).rejects.toMatchObject({
      code: 'PROMPT_UNAVAILABLE',
      hint: 'give --model FILE',
    });
  });

  it.each([
    [{ name: 'My Model' }, /cannot be the name/],
    [{ labels: 'a,b' }, /3 classes/],
    [{ labels: 'a,b,a' }, /3 classes/],
  ])('refuses %j and leaves nothing behind', async (flags, message) => {
    const cwd = await tempFolder();
    const failing = init(options(fixturePath('real/iris'), { dir: 'p', ...flags }), testIo(cwd));
    await expect(failing).rejects.toMatchObject({ code: 'USAGE', message: expect.stringMatching(message) });
    expect(await readdir(cwd)).toEqual([]);
  });
});

describe('a folder that is there', () => {
  it('is not changed by a second run with the same model', async () => {
    const cwd = await tempFolder();
    await init(options(fixturePath('real/iris-zipmap'), { dir: 'p' }), testIo(cwd));
    const before = await tree(cwd);
    const again = await init(options(fixturePath('real/iris-zipmap'), { dir: 'p' }), testIo(cwd));
    expect(again.files.every(({ state }) => state === 'same')).toBe(true);
    expect(renderInit(again)).toContain('nothing to write');
    expect(await tree(cwd)).toEqual(before);
  });

  it('keeps files that differ, names all of them, and writes none of the others', async () => {
    const cwd = await tempFolder();
    await mkdir(join(cwd, 'p/examples'), { recursive: true });
    await writeFile(join(cwd, 'p/README.md'), 'mine');
    await writeFile(join(cwd, 'p/mlserve.yaml'), 'mine');
    await writeFile(join(cwd, 'p/other.txt'), 'mine');
    const before = await tree(cwd);
    const failing = init(options(fixturePath('real/iris'), { dir: 'p' }), testIo(cwd));
    await expect(failing).rejects.toMatchObject({
      code: 'FILE_EXISTS',
      issues: [{ where: 'README.md' }, { where: 'mlserve.yaml' }],
    });
    expect(await tree(cwd)).toEqual(before);
    const result = await init(options(fixturePath('real/iris'), { dir: 'p', force: true }), testIo(cwd));
    expect(result.files.filter(({ state }) => state === 'different').length).toBe(2);
    expect(await readFile(join(cwd, 'p/other.txt'), 'utf8')).toBe('mine');
    expect(await readFile(join(cwd, 'p/README.md'), 'utf8')).toContain('mlserve serve');
  });

  it('can hold the model already', async () => {
    const cwd = await tempFolder();
    await cp(fixturePath('real/iris'), join(cwd, 'flowers.onnx'));
    const result = await init(options('flowers.onnx', { dir: '.', name: 'flowers' }), testIo(cwd));
    expect(result.dir).toBe('.');
    expect(existsSync(join(cwd, 'models/flowers.onnx'))).toBe(true);
    expect((await readdir(cwd)).filter((name) => name.includes('staged'))).toEqual([]);
  });

  it('stays as it was on a dry run, which lists what would be written', async () => {
    const cwd = await tempFolder();
    const result = await init(options(fixturePath('real/iris'), { dir: 'p', dryRun: true }), testIo(cwd));
    expect(result.files.map(({ path }) => path)).toContain('mlserve.lock');
    expect(renderInit(result)).toContain('would write p');
    expect(await readdir(cwd)).toEqual([]);
  });
});

/** Hostile models whose findings are warnings: worth a word, not a refusal. */
const warned = listFixtures('hostile').filter((fixture) =>
  readProvenance('hostile')[fixture.slice('hostile/'.length)]?.expectedRules?.every(
    (rule) => RULES[rule as keyof typeof RULES].severity !== 'error',
  ),
);

it.each(warned)('%s becomes a project, with its findings on standard error', async (fixture) => {
  const cwd = await tempFolder();
  const io = testIo(cwd);
  const { issues } = await init(options(fixturePath(fixture), { dir: 'p' }), io);
  expect(issues.length).toBeGreaterThan(0);
  for (const { rule } of issues) expect(io.stderr()).toContain(rule);
  expect(existsSync(join(cwd, 'p/mlserve.lock'))).toBe(true);
});

describe('a failure', () => {
  const refused = listFixtures('hostile').filter((fixture) => !warned.includes(fixture));

  it.each(refused)('%s is refused with its findings, and nothing is left behind', async (fixture) => {
    const folder = await materialise(fixture);
    const cwd = await tempFolder();
    const failing = init(options(join(folder, 'model.onnx'), { dir: 'a/b' }), testIo(cwd));
    await expect(failing).rejects.toMatchObject({ code: 'MODEL_INVALID' });
    const error = await failing.catch((thrown: unknown) => thrown);
    expect((error as { issues: readonly { rule: string }[] }).issues.map(({ rule }) => rule).join()).toMatch(/^MSV/);
    expect(await readdir(cwd)).toEqual([]);
  });

  it('says which model file is missing', async () => {
    const cwd = await tempFolder();
    await expect(init(options('none.onnx'), testIo(cwd))).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
    expect(await readdir(cwd)).toEqual([]);
  });
});
