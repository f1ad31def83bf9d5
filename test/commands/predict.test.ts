/** `predict` with real models: every row of every fixture is answered with what Python computed, from every input format. */
import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parse as parseCsv } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import { init } from '../../src/commands/init.ts';
import { type PredictOptions, predict } from '../../src/commands/predict.ts';
import { openSource } from '../../src/io/byte-source.ts';
import { batchDimension } from '../../src/model/batch.ts';
import { readModel } from '../../src/model/read-model.ts';
import { type Cases, type CaseTensor, type Cell, expectCell, nestedText, parseLossless } from '../support/cases.ts';
import { fixturePath, listFixtures } from '../support/fixtures.ts';
import { tempFolder } from '../support/temp.ts';
import { type TestIo, testIo } from '../support/test-io.ts';

const options = (file: string, more: Partial<PredictOptions> = {}): PredictOptions => ({
  file,
  project: 'p',
  format: 'ndjson',
  onError: 'fail',
  ...more,
});

async function readRawCases(fixture: string): Promise<Cases> {
  return JSON.parse(await readFile(join(dirname(fixturePath(fixture)), 'cases.json'), 'utf8')) as Cases;
}

const lines = (io: TestIo): readonly Record<string, unknown>[] =>
  io
    .stdout()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => parseLossless(line) as Record<string, unknown>);

/** Row `at` of a tensor, without the row dimension. */
function rowOf({ type, dims, data }: CaseTensor, at: number): CaseTensor {
  const size = data.length / (dims[0] ?? 1);
  return { type, dims: dims.slice(1), data: data.slice(at * size, (at + 1) * size) };
}

/** Every prediction against Python's outputs; labelled scores come as objects, in the order of the labels. */
function expectOutputs(
  predictions: readonly Record<string, unknown>[],
  outputs: Cases['outputs'],
  nameOf: (output: string) => string,
): void {
  for (const [name, { type, data }] of Object.entries(outputs)) {
    const actual = predictions
      .map((prediction) => prediction[nameOf(name)])
      .map((value) => (typeof value === 'object' && value !== null ? Object.values(value) : value))
      .flat(Infinity);
    expect(actual.length, name).toBe(data.length);
    data.forEach((cell, at) => {
      expectCell(actual[at], cell, type, `${name}[${at}]`);
    });
  }
}

const rowsIn = (inputs: Cases['inputs']): number => Object.values(inputs)[0]?.dims[0] ?? 0;
const jsonCell = (cell: Cell): string => JSON.stringify(cell);
const csvCell = (cell: Cell): string => `"${String(cell).replaceAll('"', '""')}"`;

const tables = listFixtures('real', 'cases.json').filter((name) => name !== 'real/digits-cnn');

describe.each(tables)('%s', (fixture) => {
  it('answers rows of named features from CSV, NDJSON and JSON with what Python computed', async () => {
    const cwd = await tempFolder();
    await init({ dir: 'p', model: fixturePath(fixture), force: false, dryRun: false }, testIo(cwd));
    const { inputs, outputs } = await readRawCases(fixture);
    const count = rowsIn(inputs);
    expect(count).toBeGreaterThanOrEqual(20);
    const isMatrix = Object.keys(inputs).length === 1 && (Object.values(inputs)[0]?.dims[1] ?? 1) > 1;
    const names = Object.entries(inputs).flatMap(([name, { dims }]) =>
      isMatrix ? Array.from({ length: dims[1] ?? 1 }, (_, at) => `f${at}`) : [name],
    );
    const rows = Array.from({ length: count }, (_, at) =>
      Object.values(inputs).flatMap((tensor) => rowOf(tensor, at).data),
    );
    const objects = rows.map((row) => `{${names.map((name, at) => `"${name}":${jsonCell(row[at] ?? null)}`).join()}}`);
    await writeFile(join(cwd, 'rows.csv'), [names, ...rows].map((row) => row.map(csvCell).join()).join('\n'));
    await writeFile(join(cwd, 'rows.ndjson'), objects.join('\n'));
    await writeFile(join(cwd, 'rows.json'), `{"instances": [${objects.join(',\n')}]}`);
    // Converters name their outputs label and probabilities, ZipMap's are named otherwise.
    const nameOf = (name: string): string =>
      name.replace(/^output_(?=.)/, '').replace(/^probability$/, 'probabilities');
    for (const file of ['rows.csv', 'rows.ndjson', 'rows.json']) {
      const io = testIo(cwd);
      const result = await predict(options(file, { batch: 7 }), io);
      expect(result).toEqual({ model: expect.objectContaining({ version: '1.0.0' }), rows: count, bad: 0 });
      expectOutputs(lines(io), outputs, nameOf);
    }
  });
});

const raw = (['protocol', 'foreign'] as const).flatMap((group) => listFixtures(group, 'cases.json'));

it.each([...raw, 'real/digits-cnn'])('%s answers rows of raw tensors with what Python computed', async (fixture) => {
  const cwd = await tempFolder();
  const { inputs, outputs } = await readRawCases(fixture);
  const source = openSource(fixturePath(fixture), fixture);
  const isBatched = batchDimension(readModel(source).signature) !== undefined;
  source.close();
  const rows = Array.from({ length: isBatched ? rowsIn(inputs) : 1 }, (_, at) =>
    Object.entries(inputs).map(
      ([name, tensor]) => `${JSON.stringify(name)}:${nestedText(isBatched ? rowOf(tensor, at) : tensor)}`,
    ),
  );
  // JSON has no token for non-finite numbers.
  if (rows.some((row) => /NaN|Infinity/.test(row.join()))) return;
  await writeFile(join(cwd, 'rows.ndjson'), rows.map((row) => `{${row.join()}}\n`).join(''));
  const io = testIo(cwd);
  await predict(options('rows.ndjson', { project: fixturePath(fixture) }), io);
  const predictions = lines(io);
  expect(predictions.length).toBe(rows.length);
  const perRow = Object.fromEntries(
    Object.entries(outputs).filter(([, { dims }]) => !isBatched || dims[0] === rows.length),
  );
  expectOutputs(predictions, perRow, (name) => name);
});

describe('a project', () => {
  async function iris(): Promise<string> {
    const cwd = await tempFolder();
    await init({ dir: 'p', model: fixturePath('real/iris'), force: false, dryRun: false }, testIo(cwd));
    await writeFile(
      join(cwd, 'rows.csv'),
      'f0,f1,f2,f3\n5.1,3.5,1.4,0.2\n6.2,secret,4.3,1.3\n6.3,3.3,6.0,2.5\n1,2,3\n5,3,1,0\n',
    );
    return cwd;
  }

  it('stops at the first bad row by default, naming its line and not its value', async () => {
    const cwd = await iris();
    const io = testIo(cwd);
    const failing = predict(options('rows.csv'), io);
    await expect(failing).rejects.toMatchObject({ code: 'INPUT_INVALID', where: 'line 3' });
    await expect(failing).rejects.toThrow('1 prediction written before it');
    expect(lines(io).length).toBe(1);
    expect(io.stderr()).not.toContain('secret');
  });

  it('leaves bad rows out, or null in their place, and lists them', async () => {
    const cwd = await iris();
    const skipped = testIo(cwd);
    expect(await predict(options('rows.csv', { onError: 'skip' }), skipped)).toMatchObject({ rows: 5, bad: 2 });
    expect(lines(skipped).length).toBe(3);
    expect(skipped.stderr()).toMatch(/line 3: "f1": expected a number/);
    expect(skipped.stderr()).toMatch(/line 5: 3 cells where the header has 4/);
    expect(skipped.stderr()).not.toContain('secret');
    const nulls = testIo(cwd);
    await predict(options('rows.csv', { onError: 'null', format: 'csv' }), nulls);
    const [header, ...records] = parseCsv(nulls.stdout()) as string[][];
    expect(header).toEqual(['label', 'probabilities.0', 'probabilities.1', 'probabilities.2']);
    expect(records.map(([label]) => label)).toEqual(['0', '', '2', '', '0']);
  });

  it('takes for an integer what is one, from any format, and nothing that only rounds to one', async () => {
    const cwd = await tempFolder();
    await init({ dir: 'p', model: fixturePath('real/mixed'), force: false, dryRun: false }, testIo(cwd));
    const ages = ['3', '3.0', '3.000000000000000000001', '2.99999999999999999999', '30e-1'];
    const named = ages.map((age) => `{"sex":"female","pressure":"high","age":${age},"bmi":20,"glucose":90}`);
    const inOrder = ages.map((age) => `["female","high",${age},20,90]`);
    await writeFile(join(cwd, 'rows.ndjson'), `${named.join('\n')}\n`);
    await writeFile(join(cwd, 'rows.json'), `{"instances":[\n${inOrder.join(',\n')}]}`);
    const cells = ages.map((age) => `female,high,${age},20,90`);
    await writeFile(join(cwd, 'rows.csv'), `sex,pressure,age,bmi,glucose\n${cells.join('\n')}\n`);
    for (const file of ['rows.ndjson', 'rows.json', 'rows.csv']) {
      const io = testIo(cwd);
      await predict(options(file, { onError: 'null' }), io);
      expect(
        io
          .stdout()
          .split('\n')
          .map((line) => (line === 'null' ? line : line.slice(0, 11)))
          .slice(0, 5),
        file,
      ).toEqual(['{"variable"', '{"variable"', 'null', 'null', '{"variable"']);
      expect(io.stderr().match(/"age": expected an integer \(type\)/g), file).toHaveLength(2);
    }
  });

  it('closes the JSON document at a bad row, and says which model answered', async () => {
    const io = testIo(await iris());
    const failing = predict(options('rows.csv', { format: 'json' }), io);
    await expect(failing).rejects.toMatchObject({ code: 'INPUT_INVALID', where: 'line 3', isPrinted: true });
    const document = JSON.parse(io.stdout());
    expect(document.predictions.length).toBe(1);
    expect(document.error).toMatchObject({ code: 'INPUT_INVALID', where: 'line 3' });
    expect(document.model).toMatchObject({ name: 'p', version: '1.0.0' });
    expect(document.model.digest).toMatch(/^sha256:[0-9a-f]{64}$/);
  });

  it('writes a file whole or not at all', async () => {
    const cwd = await iris();
    await writeFile(join(cwd, 'out.ndjson'), 'old');
    const failing = predict(options('rows.csv', { out: 'out.ndjson' }), testIo(cwd));
    await expect(failing).rejects.toThrow('out.ndjson was not written');
    expect(await readFile(join(cwd, 'out.ndjson'), 'utf8')).toBe('old');
    const io = testIo(cwd);
    await predict(options('rows.csv', { out: 'out.ndjson', onError: 'skip' }), io);
    expect((await readFile(join(cwd, 'out.ndjson'), 'utf8')).split('\n').length).toBe(4);
    expect(io.stdout()).toBe('');
  });

  it('takes one row, and a request as it is sent to the server', async () => {
    const cwd = await iris();
    const { request, response } = JSON.parse(await readFile(join(cwd, 'p/examples/golden.json'), 'utf8'));
    await writeFile(join(cwd, 'row.json'), JSON.stringify(request.instances[0]));
    await writeFile(join(cwd, 'request'), JSON.stringify(request));
    for (const file of ['row.json', 'request']) {
      const io = testIo(cwd);
      await predict(options(file), io);
      expect(lines(io)).toEqual(response.predictions);
    }
  });

  it('refuses a file whose header cannot fit before it answers anything', async () => {
    const cwd = await iris();
    await writeFile(join(cwd, 'rows.csv'), 'f0,f1,f2,age\n1,2,3,4\n');
    const io = testIo(cwd);
    await expect(predict(options('rows.csv', { onError: 'skip' }), io)).rejects.toThrow('lacks "f3"');
    expect(io.stdout()).toBe('');
  });

  it('says which models there are, and that a file is missing', async () => {
    const cwd = await iris();
    await expect(predict(options('rows.csv', { model: 'x' }), testIo(cwd))).rejects.toMatchObject({
      code: 'USAGE',
      hint: 'it has: p',
    });
    await expect(predict(options('none.csv'), testIo(cwd))).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
  });

  it('reads the model it was asked for and no other', async () => {
    const cwd = await iris();
    const config = join(cwd, 'p/mlserve.yaml');
    const text = await readFile(config, 'utf8');
    await writeFile(config, text.replace(/^models:$/m, 'models:\n  - {name: gone, path: models/gone.onnx}'));
    await writeFile(join(cwd, 'rows.csv'), 'f0,f1,f2,f3\n1,2,3,4\n');
    const io: TestIo = testIo(cwd);
    await expect(predict(options('rows.csv'), io)).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
    expect((await predict(options('rows.csv', { model: 'p' }), io)).rows).toBe(1);
    const unloadable = { ...io, runtime: () => Promise.reject(new Error('must not be loaded')) };
    await expect(predict(options('rows.csv', { model: 'x' }), unloadable)).rejects.toMatchObject({
      code: 'USAGE',
      hint: 'it has: gone, p',
    });
  });
});
