/** Every model trained on real data, from `init` to named features over HTTP and a CSV through `predict`: scikit-learn's own answers. */
import { readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Cases, type Cell, expectCell } from '../support/cases.ts';
import { fixturePath, listFixtures } from '../support/fixtures.ts';
import { runCli } from '../support/run-cli.ts';
import { startServer } from '../support/served.ts';
import { makeTemp } from '../support/temp.ts';

interface RealCases extends Cases {
  readonly classes?: readonly Cell[];
  readonly labels?: readonly Cell[];
  readonly probabilities?: readonly (readonly number[])[];
  readonly predictions?: readonly number[];
}

type Row = Readonly<Record<string, Cell>>;
type Prediction = Readonly<Record<string, unknown>>;

let home: string;
beforeAll(async () => {
  home = await makeTemp();
});
afterAll(() => rm(home, { recursive: true, force: true }));

/** The rows of Python's request under the column names that `init` chose; undefined for a model of raw tensors. */
function namedRows(cases: Cases, columns: readonly string[]): readonly Row[] {
  const inputs = Object.entries(cases.inputs);
  const rows = inputs[0]?.[1].dims[0] ?? 0;
  return Array.from({ length: rows }, (_, row) =>
    Object.fromEntries(
      columns.map((column, at) => {
        const own = inputs.find(([name]) => name === column)?.[1];
        const [, matrix] = inputs[0] ?? [];
        return [column, (own === undefined ? matrix?.data[row * columns.length + at] : own.data[row]) ?? null];
      }),
    ),
  );
}

function csv(rows: readonly Row[], columns: readonly string[]): string {
  const cell = (value: Cell | undefined): string =>
    typeof value === 'string' ? `"${value.replaceAll('"', '""')}"` : String(value);
  return [columns.join(','), ...rows.map((row) => columns.map((column) => cell(row[column])).join(','))].join('\r\n');
}

/** Scores of one prediction in the order of the classes; labelled or not. */
function scoresOf(prediction: Prediction, classes: readonly Cell[]): readonly unknown[] {
  const scores = prediction.probabilities;
  return Array.isArray(scores) ? scores : classes.map((label) => (scores as Record<string, unknown>)[String(label)]);
}

function expectPredictions(predictions: readonly Prediction[], cases: RealCases): void {
  const { classes = [], labels, probabilities, predictions: values } = cases;
  expect(predictions).toHaveLength((labels ?? values)?.length ?? 0);
  predictions.forEach((prediction, row) => {
    if (values !== undefined) expectCell(prediction.variable, values[row] ?? null, 'float32', `row ${row}`);
    if (labels !== undefined && 'label' in prediction) {
      expect(prediction.label, `label of row ${row}`).toBe(labels[row]);
    }
    if (probabilities === undefined) return;
    const scores = scoresOf(prediction, classes);
    probabilities[row]?.forEach((score, at) => {
      expectCell(scores[at], score, 'float32', `row ${row}, class ${String(classes[at])}`);
    });
    // The most probable class is scikit-learn's label, also where the model answers scores alone.
    const best = scores.indexOf(Math.max(...(scores as number[])));
    expect(String(classes[best]), `best class of row ${row}`).toBe(String(labels?.[row]));
  });
}

describe('a model trained on real data', () => {
  it.each(listFixtures('real'))('%s: init, validate, serve and predict give what Python computed', async (fixture) => {
    const cases = JSON.parse(await readFile(join(dirname(fixturePath(fixture)), 'cases.json'), 'utf8')) as RealCases;
    const project = fixture.replace('real/', '');
    const dir = join(home, project);
    const made = await runCli(['init', project, '--model', fixturePath(fixture), '--yes'], { cwd: home });
    expect(made.code, made.stderr).toBe(0);
    const valid = await runCli(['validate', '--frozen'], { cwd: dir });
    expect(valid.code, valid.stdout + valid.stderr).toBe(0);

    const golden = JSON.parse(await readFile(join(dir, 'examples', 'golden.json'), 'utf8')) as {
      request: { instances?: readonly Row[]; inputs?: object };
    };
    const columns = Object.keys(golden.request.instances?.[0] ?? {});
    const isRaw = golden.request.instances === undefined;
    expect(isRaw).toBe(project === 'digits-cnn');
    const instances = isRaw ? imagesOf(cases) : namedRows(cases, columns);

    const server = await startServer(dir);
    let served: readonly Prediction[];
    try {
      const answer = await fetch(`${server.url}/predict`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ instances }),
      });
      expect(answer.status, await answer.clone().text()).toBe(200);
      served = ((await answer.json()) as { predictions: readonly Prediction[] }).predictions;
    } finally {
      expect(await server.stop()).toBe(0);
    }
    expectPredictions(served, cases);

    const file = join(dir, isRaw ? 'rows.ndjson' : 'rows.csv');
    await writeFile(
      file,
      isRaw ? instances.map((row) => JSON.stringify(row)).join('\n') : csv(instances as Row[], columns),
    );
    const scored = await runCli(['predict', '-f', file], { cwd: dir });
    expect(scored.code, scored.stderr).toBe(0);
    const lines = scored.stdout.trimEnd().split('\n');
    expectPredictions(
      lines.map((line) => JSON.parse(line) as Prediction),
      cases,
    );
  });
});

/** The pictures of a [rows, 1, 8, 8] input, one nested array a row. */
function imagesOf(cases: Cases): readonly unknown[] {
  const [image] = Object.values(cases.inputs);
  return Array.from({ length: image?.dims[0] ?? 0 }, (_, row) => [
    Array.from({ length: 8 }, (_unused, line) => image?.data.slice(row * 64 + line * 8, row * 64 + line * 8 + 8)),
  ]);
}
