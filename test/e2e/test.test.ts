/** `mlserve test` as a process: the same answers in process, over HTTP and over gRPC; what is found where they are not, and every exit code. */
import { spawn } from 'node:child_process';
import { cp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Between, between, type Passed } from '../support/answering.ts';
import { fixturePath } from '../support/fixtures.ts';
import { bareEnv, CLI, type CliRun, runCli } from '../support/run-cli.ts';
import { type Served, startServer } from '../support/served.ts';
import { makeTemp, tempFolder } from '../support/temp.ts';

const GOLDEN = 'examples/golden.json';
const NO_ANSWER = 'http://127.0.0.1:1';

interface Found {
  readonly targets: readonly {
    readonly name: string;
    readonly asked: number;
    readonly passed: number;
    readonly models: object[];
  }[];
  readonly cases: readonly { readonly case: string; readonly outcomes: readonly { readonly passed: boolean }[] }[];
  readonly updates: readonly object[];
  readonly issues: readonly {
    readonly rule: string;
    readonly where: string;
    readonly message: string;
    readonly hint: string;
  }[];
}

let home: string;
let flowers: string;
let served: Served;
const closing: (() => void)[] = [];

beforeAll(async () => {
  home = await makeTemp();
  const { code, stderr } = await runCli(['init', 'flowers', '--model', fixturePath('real/iris-zipmap')], { cwd: home });
  expect(code, stderr).toBe(0);
  flowers = join(home, 'flowers');
  served = await startServer(flowers, ['--grpc-port', '0']);
}, 120_000);

afterAll(async () => {
  for (const close of closing) close();
  await served.stop();
  await rm(home, { recursive: true, force: true });
});

const test = (args: readonly string[], cwd = flowers, env = {}): Promise<CliRun> =>
  runCli(['test', ...args], { cwd, env });
async function found(args: readonly string[], cwd = flowers): Promise<Found & { readonly code: number | null }> {
  const { code, stdout } = await test([...args, '--json'], cwd);
  return { ...(JSON.parse(stdout) as Found), code };
}
/** A copy, to spoil. */
async function copy(): Promise<string> {
  const dir = await tempFolder();
  await cp(flowers, dir, { recursive: true });
  return dir;
}
async function edit(dir: string, file: string, change: (text: string) => string): Promise<void> {
  await writeFile(join(dir, file), change(await readFile(join(dir, file), 'utf8')));
}
async function spoilt(): Promise<string> {
  const dir = await copy();
  await edit(dir, GOLDEN, (text) => text.replace('0.9955136', '0.9'));
  return dir;
}
async function proxy(change: Parameters<typeof between>[1]): Promise<Between> {
  const opened = await between(served.url, change);
  closing.push(opened.close);
  return opened;
}
const otherNumbers = (passed: Passed): Passed => ({ ...passed, body: passed.body.replace('0.9955136', '0.995') });

describe('mlserve test', { timeout: 120_000 }, () => {
  it('asks the same of this process, of HTTP and of gRPC, and finds the same answers of the same model', async () => {
    const grpc = `grpc://${served.grpc}`;
    const { code, targets, cases, issues } = await found(['--url', served.url, '--url', grpc]);
    expect({ code, issues }).toEqual({ code: 0, issues: [] });
    expect(targets.map(({ name }) => name)).toEqual(['local', served.url, grpc]);
    const [{ models = [] } = {}] = targets;
    expect(models).toMatchObject([
      { name: 'flowers', version: '1.0.0', digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) },
    ]);
    for (const target of targets) expect(target).toMatchObject({ asked: 1, passed: 1, models });
    expect(cases).toMatchObject([{ case: GOLDEN, outcomes: [{ passed: true }, { passed: true }, { passed: true }] }]);
    const text = await test(['--url', grpc]);
    expect(text.stdout).toContain(`${GOLDEN}  ok     ok\n`);
    expect(text.stdout).toMatch(/flowers 1\.0\.0: passed \(1 of 1 case as expected on 2 targets\)\n$/);
  });

  it('ends with exit code 1 where an answer is not the expected one, and writes it down in every form', async () => {
    const dir = await spoilt();
    const summary = join(dir, 'summary.md');
    await writeFile(summary, 'before\n');
    const args = ['--junit', 'out/junit.xml', '--sarif', 'out/findings.sarif'];
    const { code, stdout } = await test(args, dir, { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: summary });
    expect(code).toBe(1);
    expect(stdout).toContain(
      `error golden.mismatch ${GOLDEN}#/response/predictions/0/probabilities/0: local: is 0.9955136; the example has 0.9`,
    );
    expect(stdout).toContain('flowers 1.0.0: failed (0 of 1 case as expected on 1 target)');
    expect(await readFile(join(dir, 'out/junit.xml'), 'utf8')).toContain(
      '<failure type="golden.mismatch" message="local: is 0.9955136',
    );
    const { runs } = JSON.parse(await readFile(join(dir, 'out/findings.sarif'), 'utf8')) as {
      runs: { results: object[] }[];
    };
    expect(runs[0]?.results).toMatchObject([{ ruleId: 'golden.mismatch', level: 'error' }]);
    const page = await readFile(summary, 'utf8');
    expect(page).toMatch(/^before\n### ❌ mlserve test of flowers 1\.0\.0\n/);
    expect(page).toContain(`| ${GOLDEN} | ❌ |`);
  });

  it('finds another model by its digest, and other answers, with whom they are of', async () => {
    const wrong = await proxy((passed) => {
      const headers = { ...passed.headers, 'x-model-digest': `sha256:${'0'.repeat(64)}` };
      return { ...otherNumbers(passed), headers };
    });
    const { code, targets, issues } = await found(['--url', wrong.url]);
    expect(code).toBe(1);
    expect(targets).toMatchObject([{ passed: 1 }, { passed: 0, models: [{ digest: `sha256:${'0'.repeat(64)}` }] }]);
    expect(issues.map(({ rule }) => rule)).toEqual(['parity.identity', 'golden.mismatch']);
    for (const { message } of issues) expect(message).toContain(`${wrong.url}: `);
  });

  it('compares answers with each other, where nothing says what they should be', async () => {
    const wrong = await proxy(otherNumbers);
    const rows = ['-f', '-', '--input-format', 'csv', '--url', wrong.url];
    const input = 'f0,f1,f2,f3\n0,0,0,0\n';
    const { code, stdout } = await runCli(['test', ...rows, '--json'], { cwd: flowers, input });
    expect(code).toBe(1);
    const { issues } = JSON.parse(stdout) as Found;
    expect(issues).toMatchObject([
      {
        rule: 'parity.mismatch',
        where: '-:2#/0/probabilities/0',
        message: `${wrong.url}: is 0.995; local has 0.9955136`,
      },
    ]);
    const near = await runCli(['test', ...rows, '--tolerance', 'probabilities:absolute=0.001'], {
      cwd: flowers,
      input,
    });
    expect(near.code, near.stdout).toBe(0);
  });

  it('takes rows as CSV, NDJSON and JSON, with the predictions that "mlserve predict" writes', async () => {
    const dir = await copy();
    const values = Array.from({ length: 150 }, (_, at) => [5 + (at % 3), 3.5, 1.4 + at / 50, 0.2]);
    await writeFile(join(dir, 'rows.csv'), ['f0,f1,f2,f3', ...values.map((row) => row.join(','))].join('\n'));
    await writeFile(join(dir, 'rows.ndjson'), values.map((row) => JSON.stringify(row)).join('\n'));
    await writeFile(join(dir, 'rows.json'), JSON.stringify({ instances: values }));
    for (const [format, name] of [
      ['json', 'p.json'],
      ['ndjson', 'p.ndjson'],
    ] as const) {
      const args = ['predict', '-f', 'rows.csv', '--format', format, '-o', name];
      expect((await runCli(args, { cwd: dir })).code).toBe(0);
    }
    const grpc = ['--url', `grpc://${served.grpc}`];
    for (const [rows, expected] of [
      ['rows.csv', 'p.json'],
      ['rows.ndjson', 'p.ndjson'],
      ['rows.json', 'p.json'],
    ] as const) {
      const { code, cases, issues } = await found(['-f', rows, '--expected', expected, ...grpc], dir);
      expect({ code, issues }, rows).toEqual({ code: 0, issues: [] });
      expect(cases).toHaveLength(2);
    }
    await edit(dir, 'p.ndjson', (text) => text.replace('"label":0', '"label":2'));
    const { code, issues } = await found(['-f', 'rows.csv', '--expected', 'p.ndjson'], dir);
    expect({ code, issues }).toMatchObject({
      code: 1,
      issues: [
        {
          rule: 'golden.mismatch',
          where: 'rows.csv:2#/0/label',
          message: 'local: is 0; p.ndjson has 2',
          hint: expect.stringContaining(
            'write its new predictions of these rows to p.ndjson ("mlserve predict" makes them)',
          ),
        },
      ],
    });
    expect(issues[0]?.hint).not.toContain('--update');
    await writeFile(join(dir, 'short.ndjson'), '{}\n');
    const short = await test(['-f', 'rows.csv', '--expected', 'short.ndjson', '--json'], dir);
    expect(short.code).toBe(1);
    expect(JSON.parse(short.stdout)).toMatchObject({
      error: { code: 'INPUT_INVALID', message: 'There are 150 rows and 1 expected prediction.' },
    });
  });

  it('takes tolerances from flags and mlserve.yaml', async () => {
    const dir = await spoilt();
    expect((await test(['--tolerance', 'argmax'], dir)).code).toBe(0);
    expect((await test(['--tolerance', 'absolute=0.2'], dir)).code).toBe(0);
    expect((await test(['--tolerance', 'label:absolute=0.2'], dir)).code).toBe(1);
    await edit(dir, 'mlserve.yaml', (text) => text.replace(/(name: probabilities[^}\n]*)\}/, '$1, tolerance: argmax}'));
    expect(await readFile(join(dir, 'mlserve.yaml'), 'utf8')).toContain('tolerance: argmax');
    const { code, stdout, stderr } = await test([], dir);
    expect(code, stdout + stderr).toBe(0);
    expect((await test(['--tolerance', 'exact'], dir)).code).toBe(1);
  });

  it('says of a refusal what was refused, and asks for a key where one is missing', async () => {
    const gate = await proxy((passed, { authorization }) =>
      authorization === 'Bearer secret' ? passed : { status: 401, headers: {}, body: '<html>no</html>' },
    );
    const { code, issues } = await found(['--url', gate.url]);
    expect(code).toBe(1);
    expect(issues).toMatchObject([{ rule: 'golden.refused', where: `${GOLDEN}#/request` }]);
    expect(issues[0]?.message).toContain('the service answers 401: the answer is not JSON');
    expect(issues[0]?.hint).toContain('--api-key');
    expect((await test(['--url', gate.url, '--api-key', 'secret'])).code).toBe(0);
    expect((await test(['--url', gate.url], flowers, { MLSERVE_API_KEY: 'secret' })).code).toBe(0);
    const dir = await copy();
    await edit(dir, GOLDEN, (text) => text.replace('"f0":0', '"f0":"x"'));
    const refused = await found(['--url', `grpc://${served.grpc}`], dir);
    expect(refused.issues.map(({ rule, where }) => `${rule} ${where}`)).toEqual(
      Array(2).fill(`golden.refused ${GOLDEN}#/request/instances/0/f0`),
    );
  });

  it('records new answers with --update: shown, confirmed, all at once, the rest of the files untouched', async () => {
    const dir = await spoilt();
    const before = await readFile(join(dir, GOLDEN), 'utf8');
    const { request } = JSON.parse(before) as { request: unknown };
    await writeFile(join(dir, 'examples/new.json'), JSON.stringify({ name: 'new', request, tolerance: 'argmax' }));
    const unasked = await test(['--update'], dir);
    expect(unasked.code).toBe(2);
    expect(unasked.stderr).toContain(
      `${GOLDEN}#/response/predictions/0/probabilities/0 is 0.9955136; the example has 0.9`,
    );
    expect(unasked.stderr).toContain('PROMPT_UNAVAILABLE');
    const dry = await found(['--update', '--dry-run'], dir);
    expect(dry).toMatchObject({
      code: 1,
      updates: [
        { file: GOLDEN, isWritten: false },
        { file: 'examples/new.json', isWritten: false },
      ],
    });
    expect(await readFile(join(dir, GOLDEN), 'utf8')).toBe(before);
    const done = await found(['--update', '--yes', '--url', served.url], dir);
    expect(done).toMatchObject({
      code: 0,
      issues: [],
      updates: [{ file: GOLDEN, isWritten: true }, { isWritten: true }],
    });
    const after = JSON.parse(await readFile(join(dir, GOLDEN), 'utf8')) as object;
    expect(after).toEqual(JSON.parse(before.replace('0.9', '0.9955136')));
    expect(Object.keys(JSON.parse(await readFile(join(dir, 'examples/new.json'), 'utf8')) as object)).toEqual([
      'name',
      'request',
      'tolerance',
      'response',
    ]);
    expect(await found(['--update', '--yes'], dir)).toMatchObject({ code: 0, updates: [] });
    expect((await runCli(['validate'], { cwd: dir })).code).toBe(0);
  });

  it('wants the lock where no model is loaded, holds models to it, and does not pass a test of nothing', async () => {
    expect((await test(['--no-local', '--url', served.url])).code).toBe(0);
    const dir = await copy();
    await rm(join(dir, 'mlserve.lock'));
    const missing = await test(['--no-local', '--url', served.url, '--json'], dir);
    expect(missing.code).toBe(1);
    expect(JSON.parse(missing.stdout)).toMatchObject({ error: { code: 'LOCK_MISSING' } });
    expect(await found([], dir)).toMatchObject({ code: 0, issues: [{ rule: 'lock.absent' }] });
    await rm(join(dir, GOLDEN));
    expect(await found([], dir)).toMatchObject({
      code: 1,
      issues: [{}, { rule: 'golden.none' }, { rule: 'parity.nothing-asked' }],
    });
    const changed = await copy();
    await edit(changed, 'mlserve.yaml', (text) => text.replace('version: 1.0.0', 'version: 2.0.0'));
    const { code, stdout } = await test(['--json'], changed);
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'LOCK_MISMATCH' } });
  });

  it.each([
    ['nobody to ask', ['--no-local'], 'USAGE'],
    ['an update of what nobody computes', ['--no-local', '--url', NO_ANSWER, '--update'], 'USAGE'],
    ['expected predictions of no rows', ['--expected', 'p.json'], 'USAGE'],
    ['--yes to nothing', ['--yes'], 'USAGE'],
    ['an update of rows', ['--update', '-f', 'rows.csv'], 'USAGE'],
    ['what is no URL', ['--url', 'ftp://x'], 'USAGE'],
    ['what is no tolerance', ['--tolerance', 'about'], 'USAGE'],
    ['a tolerance of no output', ['--tolerance', 'lable:exact'], 'USAGE'],
    ['an unknown model', ['--model', 'nope'], 'USAGE'],
    ['a service that is not there', ['--url', NO_ANSWER], 'SERVICE_UNREACHABLE'],
    ['a gRPC service that is not there', ['--url', 'grpc://127.0.0.1:1'], 'SERVICE_UNREACHABLE'],
    ['a folder without a project', ['examples'], 'PROJECT_NOT_FOUND'],
    ['a file of rows that is not there', ['-f', 'none.csv'], 'FILE_NOT_FOUND'],
  ])('cannot work with %s: exit code 2', async (_what, args, expected) => {
    const { code, stdout, stderr } = await test([...args, '--json']);
    expect({ code, error: (JSON.parse(stdout) as { error: { code: string } }).error.code }, stderr).toEqual({
      code: 2,
      error: expected,
    });
  });

  it('ends at Ctrl-C with exit code 130, whoever it waits for', async () => {
    let asked = (): void => {};
    const waiting = new Promise<void>((resolve) => {
      asked = resolve;
    });
    const silent = await proxy(() => {
      asked();
      return undefined;
    });
    const child = spawn(process.execPath, [CLI, 'test', '--url', silent.url, '--timeout', '10m'], {
      cwd: flowers,
      env: bareEnv(),
    });
    await waiting;
    child.kill('SIGINT');
    expect(await new Promise((done) => child.once('exit', (code) => done(code)))).toBe(130);
  });
});
