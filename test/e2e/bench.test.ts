/** `mlserve bench` as a process: the figures of each rate, who answered, what is refused, and that nothing is left running. */
import { spawn } from 'node:child_process';
import { cp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { BenchResult } from '../../src/commands/bench.ts';
import { type Between, between, type Passed } from '../support/answering.ts';
import { fixturePath } from '../support/fixtures.ts';
import { childrenOf, isAlive } from '../support/processes.ts';
import { bareEnv, CLI, type CliRun, runCli } from '../support/run-cli.ts';
import { type Served, startServer } from '../support/served.ts';
import { makeTemp, tempFolder } from '../support/temp.ts';
import { pemPath } from '../support/tls-files.ts';

/** The machine has neighbours: that figures are there and consistent is tested, and never how good they are. */
const QUICK = ['--rates', '20,60', '--duration', '1s'];

let home: string;
let flowers: string;
let served: Served;
const closing: (() => void)[] = [];

beforeAll(async () => {
  home = await makeTemp();
  const { code, stderr } = await runCli(['init', 'flowers', '--model', fixturePath('real/iris')], { cwd: home });
  expect(code, stderr).toBe(0);
  flowers = join(home, 'flowers');
  served = await startServer(flowers);
}, 120_000);

afterAll(async () => {
  for (const close of closing) close();
  await served.stop();
  await rm(home, { recursive: true, force: true });
});

const bench = (args: readonly string[], cwd = flowers, env = {}): Promise<CliRun> =>
  runCli(['bench', ...args], { cwd, env });
async function found(args: readonly string[], cwd = flowers): Promise<BenchResult & { readonly code: number | null }> {
  const { code, stdout, stderr } = await bench([...args, '--json'], cwd);
  expect(stdout, stderr).not.toBe('');
  return { ...(JSON.parse(stdout) as BenchResult), code };
}
async function copy(): Promise<string> {
  const dir = await tempFolder();
  await cp(flowers, dir, { recursive: true });
  return dir;
}
async function proxy(change: (passed: Passed) => Passed | undefined): Promise<Between> {
  const opened = await between(served.url, change);
  closing.push(opened.close);
  return opened;
}
const errors = ({ issues }: BenchResult) =>
  issues.filter(({ severity }) => severity === 'error').map(({ rule }) => rule);

describe('mlserve bench', { timeout: 180_000 }, () => {
  it('loads the server of the project, and tells of each rate what became of its requests', async () => {
    const result = await found(QUICK);
    expect([result.code, errors(result)]).toEqual([0, []]);
    expect(result).toMatchObject({
      service: { name: 'flowers', version: '1.0.0' },
      target: { kind: 'local', name: 'local' },
      models: [{ name: 'flowers', version: '1.0.0', digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) }],
      load: { requests: 1, durationMs: 1000, warmupMs: 200, timeoutMs: 30_000 },
      comparison: null,
      measurements: [],
    });
    expect(result.rates.map(({ rate }) => rate)).toEqual([20, 60]);
    for (const each of result.rates) {
      // Poisson: within five standard deviations.
      expect(Math.abs(each.offered - each.rate)).toBeLessThan(5 * Math.sqrt(each.rate));
      expect(each.sent).toBe(each.offered);
      expect(each.answered + each.refused + each.failed + each.timeouts).toBe(each.sent);
      expect(each.answered).toBe(each.offered);
      const times = [each.p50Ms, each.p90Ms, each.p99Ms, each.maxMs].map((time) => time ?? Number.NaN);
      expect(times.every((time) => time > 0)).toBe(true);
      expect(times).toEqual([...times].sort((a, b) => a - b));
      expect(each.p999Ms).toBeNull();
    }
    expect(result.saturation?.perSecond).toBe(Math.max(...result.rates.map((each) => each.answeredPerSecond)));
  });

  it('finds rates to try by itself, and shows them as a table and a plot', async () => {
    const { code, stdout, stderr } = await bench(['--duration', '200ms']);
    expect(code, stderr).toBe(0);
    expect(stderr).toContain('starting the server of flowers\nfinding out what it can do\n');
    expect(stdout).toMatch(
      /^flowers 1\.0\.0\n {2}target {3}local\n {2}models {3}flowers 1\.0\.0 sha256:[0-9a-f]{12}\n/,
    );
    expect(stdout).toMatch(/\n {2}rate\/s {2}answered\/s +p50 +p90 +p99 +p99\.9 +max +in slo\/s/);
    expect(stdout).toMatch(/\n +\d.* ms \|.*[ox*]/);
    expect(stdout).toMatch(/\n {2}saturation +(at least )?\d.* answers\/s/);
    expect(stdout).toMatch(/\n {2}knee +\S/);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: every terminal can show it.
    expect(stdout).toMatch(/^[\x00-\x7f×%]*$/);
  });

  it('loads a service at a URL, with rows in place of the golden examples, one in a request', async () => {
    const { request } = JSON.parse(await readFile(join(flowers, 'examples/golden.json'), 'utf8'));
    const rows = join(await tempFolder(), 'rows.ndjson');
    await writeFile(rows, `${JSON.stringify(request.instances[0])}\n`.repeat(3));
    const result = await found([...QUICK, '--url', `${served.url}/`, '-f', rows]);
    expect([result.code, errors(result)]).toEqual([0, []]);
    expect(result.target).toEqual({ kind: 'url', name: served.url });
    expect(result.load.requests).toBe(3);
    expect(result.rates.map(({ answered, offered }) => answered === offered)).toEqual([true, true]);
  });

  it('finds another model before the load, and what is refused, and measures nothing then', async () => {
    const wrong = await proxy((passed) => {
      const headers = { ...passed.headers, 'x-model-digest': `sha256:${'0'.repeat(64)}` };
      return { ...passed, headers };
    });
    const other = await found([...QUICK, '--url', wrong.url]);
    expect([other.code, other.rates, errors(other)]).toEqual([1, [], ['parity.identity']]);
    expect([other.saturation, other.knee, other.withinSlo]).toEqual([null, null, null]);
    const dir = await copy();
    const file = join(dir, 'examples/golden.json');
    await writeFile(file, (await readFile(file, 'utf8')).replace('"instances"', '"rows"'));
    const refused = await found([...QUICK, '--url', served.url], dir);
    expect([refused.code, refused.rates, errors(refused)]).toEqual([1, [], ['golden.refused']]);
  });

  it('does not pass where there is nothing to ask', async () => {
    const dir = await copy();
    await rm(join(dir, 'examples'), { recursive: true });
    const result = await found([...QUICK, '--url', served.url], dir);
    expect([result.code, errors(result)]).toEqual([1, ['parity.nothing-asked']]);
  });

  it('loads a server with a certificate and keys, which it needs like any client', async () => {
    const dir = await copy();
    const { stdout } = await runCli(['key', 'create', '--name', 'load', '--json'], { cwd: dir });
    const { key, line } = JSON.parse(stdout) as { readonly key: string; readonly line: string };
    await writeFile(join(dir, 'keys.txt'), `${line}\n`);
    const tls = `tls: {cert: ${pemPath('server.cert')}, key: ${pemPath('server.key')}}`;
    const config = join(dir, 'mlserve.yaml');
    await writeFile(config, `${await readFile(config, 'utf8')}\nauth: {keysFile: keys.txt}\n${tls}\n`);
    const trusted = [...QUICK, '--ca', pemPath('authority.cert')];
    const result = await found([...trusted, '--api-key', key], dir);
    expect([result.code, errors(result)]).toEqual([0, []]);
    expect(result.rates.map(({ answered, offered }) => answered === offered)).toEqual([true, true]);
    const keyless = await found(trusted, dir);
    expect([keyless.code, keyless.rates, errors(keyless)]).toEqual([1, [], ['golden.refused']]);
    expect(keyless.issues[0]?.hint).toContain('--api-key');
    const unknown = await bench(QUICK, dir);
    expect([unknown.code, unknown.stderr]).toEqual([2, expect.stringContaining('SERVICE_UNREACHABLE')]);
    expect(unknown.stderr).toContain('--ca');
  });

  it('counts what is refused and what fails, and takes no latency of it', async () => {
    let asked = 0;
    const flaky = await proxy((passed) => {
      asked++;
      return asked === 1 ? passed : { ...passed, status: asked % 2 === 0 ? 503 : 500 };
    });
    const { code, rates, issues } = await found([...QUICK, '--url', flaky.url]);
    expect(code).toBe(1);
    for (const { refused, failed, answered, offered, p50Ms } of rates) {
      expect([answered, p50Ms]).toEqual([0, null]);
      expect(refused + failed).toBe(offered);
      expect(refused).toBeGreaterThan(0);
      expect(failed).toBeGreaterThan(0);
    }
    expect(issues.map(({ rule }) => rule)).toEqual(expect.arrayContaining(['bench.nothing-answered', 'bench.failed']));
  });

  it('gives up on what is not answered in time', async () => {
    let asked = 0;
    const mute = await proxy((passed) => (asked++ === 0 ? passed : undefined));
    const { code, rates } = await found([...QUICK, '--timeout', '500ms', '--url', mute.url]);
    expect(code).toBe(1);
    expect(rates.map(({ timeouts, offered }) => timeouts === offered)).toEqual([true, true]);
  });

  it('writes a run that it compares with: worse is exit code 1, better is 0, and another machine is told', async () => {
    const dir = await copy();
    const first = await found(
      [...QUICK, '--url', served.url, '--output', 'out/run.json', '--html', 'out/run.html'],
      dir,
    );
    const page = await readFile(join(dir, 'out/run.html'), 'utf8');
    expect(page).toContain(`<td>mlserve bench . --url ${served.url} --rates 20,60 --duration 1s --timeout 30s</td>`);
    expect(page).toContain(`<td>model flowers 1.0.0</td><td>${first.models[0]?.digest}</td>`);
    for (const { rate, p99Ms } of first.rates) expect(page).toContain(`p99: ${rate}, ${p99Ms} ms`);
    const written = JSON.parse(await readFile(join(dir, 'out/run.json'), 'utf8')) as BenchResult;
    expect({ ...written, code: 0 }).toEqual(first);
    const scaled = async (factor: number, name: string) => {
      const rates = written.rates.map((each) => ({
        ...each,
        p50Ms: (each.p50Ms ?? 0) * factor,
        p99Ms: (each.p99Ms ?? 0) * factor,
      }));
      const machine = { ...written.machine, cpu: 'Another CPU' };
      await writeFile(join(dir, name), JSON.stringify({ ...written, machine, rates }));
    };
    await scaled(1e-3, 'fast.json');
    const worse = await found(['--url', served.url, '--duration', '1s', '--baseline', 'fast.json'], dir);
    expect(worse.code).toBe(1);
    expect(new Set(errors(worse))).toEqual(new Set(['bench.regression']));
    expect(worse.issues.map(({ rule }) => rule)).toContain('bench.machine');
    expect(worse.rates.map(({ rate }) => rate)).toEqual([20, 60]);
    expect(worse.load.seed).toBe(written.load.seed);
    expect(worse.comparison).toMatchObject({ baseline: 'fast.json', threshold: 0.1 });
    await scaled(1e3, 'slow.json');
    const better = await bench([...QUICK, '--url', served.url, '--baseline', 'slow.json', '--threshold', '90%'], dir);
    expect([better.code, better.stderr]).toEqual([0, expect.not.stringContaining('error')]);
    expect(better.stdout).toMatch(/compared with slow\.json of 2.*, threshold 90 %\n {4}p50 at 20\/s .* % better\n/);
    const apart = await found(
      ['--rates', '30', '--duration', '200ms', '--url', served.url, '--baseline', 'slow.json'],
      dir,
    );
    expect([apart.code, errors(apart)]).toEqual([1, ['bench.nothing-compared']]);
  });

  it('refuses a baseline that is none, and says why, before it loads anything', async () => {
    const dir = await copy();
    const cases = [
      ['not JSON', 'it is no JSON object'],
      ['[]', '/startedAt is no text'],
      ['{"startedAt":"x","target":{"kind":"url","name":"n"},"models":[7]}', '/models/0 is no object'],
    ];
    for (const [text = '', why = ''] of cases) {
      await writeFile(join(dir, 'run.json'), text);
      const run = await bench(['--baseline', 'run.json'], dir);
      expect([run.code, run.stderr]).toEqual([
        2,
        expect.stringContaining(`the baseline is no result of mlserve bench: ${why}`),
      ]);
      expect(run.stderr).not.toContain('starting');
    }
    const absent = await bench(['--baseline', 'absent.json'], dir);
    expect([absent.code, absent.stderr]).toEqual([2, expect.stringContaining('FILE_NOT_FOUND')]);
  });

  it('measures what models cost too, when it is asked to', async () => {
    const dir = await copy();
    const result = await found(['--rates', '20', '--duration', '300ms', '--measure'], dir);
    expect([result.code, errors(result)]).toEqual([0, []]);
    const { measurements } = JSON.parse(await readFile(join(dir, 'mlserve.lock'), 'utf8'));
    expect(measurements).toEqual(result.measurements);
    expect(measurements).toHaveLength(1);
  });

  it('needs a lock, and the models that it records', async () => {
    const dir = await copy();
    const lock = join(dir, 'mlserve.lock');
    await writeFile(lock, (await readFile(lock, 'utf8')).replaceAll(/sha256:[0-9a-f]{8}/g, 'sha256:00000000'));
    const other = await bench(QUICK, dir);
    expect([other.code, other.stderr]).toEqual([1, expect.stringContaining('LOCK_MISMATCH')]);
    await rm(lock);
    const none = await bench(QUICK, dir);
    expect([none.code, none.stderr]).toEqual([1, expect.stringContaining('LOCK_MISSING')]);
  });

  it('says that nobody answers at a URL, and refuses words that make no sense', async () => {
    const nobody = await bench([...QUICK, '--url', 'http://127.0.0.1:1']);
    expect([nobody.code, nobody.stderr]).toEqual([2, expect.stringContaining('SERVICE_UNREACHABLE')]);
    for (const flags of [
      ['--rates', 'fast'],
      ['--duration', '1ms'],
      ['--timeout', 'soon'],
      ['--threshold', '10'],
      ['--threshold', '-1%'],
      ['--url', 'grpc://127.0.0.1:8081'],
      ['--url', served.url, '--measure'],
      ['--image', 'iris:1', '--measure'],
      ['--image', 'iris:1', '--url', served.url],
      ['--image', 'Not A Name'],
      ['--input-format', 'csv'],
      ['--rates', '1000000', '--duration', '1h'],
      ['--model', 'nobody'],
    ]) {
      const run = await bench(flags);
      expect([flags, run.code, run.stderr]).toEqual([flags, 2, expect.stringContaining('[USAGE]')]);
    }
  });

  it.each([
    ['stopped', 'SIGINT', 130],
    ['killed', 'SIGKILL', 'SIGKILL'],
  ] as const)('leaves nothing running when it is %s in the middle of the load', async (_, signal, end) => {
    const { child, server, said, ended } = await underLoad('10m');
    child.kill(signal);
    expect(await ended).toBe(end);
    if (signal === 'SIGINT') expect(said()).toContain('stopped by SIGINT');
    await expect.poll(() => isAlive(server), { timeout: 10_000 }).toBe(false);
  });

  it('ends when the server ends under load, and says how', async () => {
    const { server, said, ended } = await underLoad('2s');
    process.kill(server, 'SIGKILL');
    expect(await ended).toBe(2);
    expect(said()).toContain('the service ended under load: it was ended by SIGKILL');
    expect(said()).toContain('[SERVICE_UNREACHABLE]');
  });
});

/** A load of a server of its own that is going on. */
async function underLoad(duration: string) {
  const args = [CLI, 'bench', '--rates', '20', '--duration', duration];
  const child = spawn(process.execPath, args, { cwd: flowers, env: bareEnv() });
  onTestFinished(() => void child.kill('SIGKILL'));
  let text = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  const ended = new Promise((resolve) => child.once('close', (code, signal) => resolve(signal ?? code)));
  await expect.poll(() => text, { timeout: 60_000 }).toContain('20 requests/s');
  const [server = 0] = await childrenOf(child.pid, ' serve ');
  expect(isAlive(server)).toBe(true);
  return { child, server, ended, said: () => text };
}
