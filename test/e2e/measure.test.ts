/** `mlserve measure` as a process: what it writes, what it leaves alone, and when it refuses. */
import { spawn } from 'node:child_process';
import { copyFile, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { MeasureResult } from '../../src/commands/measure.ts';
import { digestOfLock, parseLock } from '../../src/lock/lockfile.ts';
import { fixturePath } from '../support/fixtures.ts';
import { field, graph, int64s, model, node, tensor, value } from '../support/onnx-writer.ts';
import { childrenOf, isAlive } from '../support/processes.ts';
import { copyProject, IMAGE } from '../support/projects.ts';
import { bareEnv, CLI, runCli } from '../support/run-cli.ts';

const QUICK = ['--duration', '300ms'];
const readLock = async (cwd: string) => parseLock(await readFile(join(cwd, 'mlserve.lock'), 'utf8'));

async function measured(cwd: string, ...flags: string[]): Promise<MeasureResult> {
  const run = await runCli(['measure', '--json', ...QUICK, ...flags], { cwd });
  expect(run.stderr).not.toContain('error');
  expect(run.code).toBe(0);
  return JSON.parse(run.stdout);
}

/** Each test loads models in several processes, one after the other, and a machine has neighbours. */
const PATIENT = { timeout: 180_000 };

describe('mlserve measure', PATIENT, () => {
  it('records what each model costs, and changes nothing that ships', async () => {
    const cwd = await copyProject('several/digits');
    const before = await readLock(cwd);
    const { status, measurements } = await measured(cwd);
    expect(status).toBe('updated');
    const lock = await readLock(cwd);
    expect(lock.measurements).toHaveLength(3);
    expect(new Set(lock.measurements)).toEqual(new Set(measurements));
    expect(digestOfLock(lock)).toBe(digestOfLock(before));
    expect({ ...lock, measurements: undefined }).toEqual(before);
    for (const { name, version, digest, load, memory, latency, saturation } of measurements) {
      const model = lock.models.find((each) => each.name === name && each.version === version);
      expect(digest).toBe(model?.digests.model);
      expect(latency[0]?.rows).toBe(1);
      expect(latency.every(({ p50Ms, p99Ms }) => p50Ms > 0 && p99Ms >= p50Ms)).toBe(true);
      expect(load.readyMs).toBeGreaterThan(0);
      expect(memory.peakBytes).toBeGreaterThan(memory.beforeBytes);
      expect(saturation?.rowsPerSecond).toBeGreaterThan(0);
    }
    expect((await runCli(['lock', '--check'], { cwd })).code).toBe(0);
    expect((await runCli(['validate', '--frozen', '--no-run'], { cwd })).code).toBe(0);
  });

  it('measures again without another image: what was built and deployed stays pinned to the same lock', async () => {
    const cwd = await copyProject('plain/iris');
    const deploy = async (): Promise<string> => {
      const run = await runCli(['deploy', '--image', IMAGE, '--format', 'yaml', '--force'], { cwd });
      expect(run.code).toBe(0);
      return readFile(join(cwd, 'deploy/yaml/prod/manifests.yaml'), 'utf8');
    };
    const pinned = (manifests: string) => [...manifests.matchAll(/lock-digest: (\S+)/g)].map(([, digest]) => digest);
    const digests = pinned(await deploy());
    expect(digests.length).toBeGreaterThan(0);
    const [first] = (await measured(cwd)).measurements;
    const [second] = (await measured(cwd)).measurements;
    expect(second?.measuredAt).not.toBe(first?.measuredAt);
    expect((await readLock(cwd)).measurements).toEqual([second]);
    expect(pinned(await deploy())).toEqual(digests);
  });

  it('makes numbers of manifests that say where they come from, and passes over what other settings gave', async () => {
    const cwd = await copyProject('plain/iris');
    await measured(cwd);
    const deploy = () => runCli(['deploy', '--image', IMAGE, '--format', 'yaml', '--force'], { cwd });
    const manifests = () => readFile(join(cwd, 'deploy/yaml/prod/manifests.yaml'), 'utf8');
    expect((await deploy()).stderr).not.toContain('measured with');
    expect(await manifests()).toMatch(/for models \(1\.25 × \d+ measured\)/);
    await writeFile(
      join(cwd, 'mlserve.yaml'),
      `${await readFile(join(cwd, 'mlserve.yaml'), 'utf8')}batching: {maxRows: 8}\n`,
    );
    const passedOver = await deploy();
    expect(passedOver.code).toBe(0);
    expect(passedOver.stderr).toContain('iris 1.4.0 was measured with other settings (batching.maxRows: 64, now 8)');
    expect(await manifests()).not.toContain('1.25 ×');
    expect((await runCli(['lock', '--check'], { cwd })).code).toBe(0);
  });

  it('measures one model and keeps what is known of the others', async () => {
    const cwd = await copyProject('several/digits');
    await measured(cwd);
    const before = (await readLock(cwd)).measurements ?? [];
    const { measurements } = await measured(cwd, '--model', 'digits@3.0.0');
    expect(measurements.map(({ version }) => version)).toEqual(['3.0.0']);
    const after = (await readLock(cwd)).measurements ?? [];
    expect(after.map(({ name, version }) => `${name}@${version}`)).toEqual(
      before.map(({ name, version }) => `${name}@${version}`),
    );
    expect(after.filter((each) => before.some(({ measuredAt }) => measuredAt === each.measuredAt))).toHaveLength(2);
  });

  it('says what it found, and writes nothing with --dry-run', async () => {
    const cwd = await copyProject('plain/iris');
    const text = await readFile(join(cwd, 'mlserve.lock'), 'utf8');
    const run = await runCli(['measure', '--dry-run', ...QUICK], { cwd });
    expect(run.code).toBe(0);
    expect(run.stderr).toContain('measuring iris 1.4.0');
    expect(run.stdout).toMatch(/^iris 1\.4\.0\n {2}machine {2}\S/);
    expect(run.stdout).toMatch(/ rows\/s\n/);
    expect(run.stdout).toContain('mlserve.lock would be updated (--dry-run)');
    expect(await readFile(join(cwd, 'mlserve.lock'), 'utf8')).toBe(text);
  });

  it('refuses what is not locked', async () => {
    const cwd = await copyProject('plain/iris');
    await copyFile(fixturePath('real/wine'), join(cwd, 'models/iris.onnx'));
    const other = await runCli(['measure', ...QUICK], { cwd });
    expect([other.code, other.stderr]).toEqual([1, expect.stringContaining('LOCK_MISMATCH')]);
    await rm(join(cwd, 'mlserve.lock'));
    const none = await runCli(['measure', ...QUICK], { cwd });
    expect([none.code, none.stderr]).toEqual([1, expect.stringContaining('LOCK_MISSING')]);
  });

  it('refuses a model that does not run within its limits, and writes nothing', async () => {
    const cwd = await copyProject('plain/iris');
    await copyFile(fixturePath('hostile/memory-at-run'), join(cwd, 'models/iris.onnx'));
    const config = await readFile(join(cwd, 'mlserve.yaml'), 'utf8');
    await writeFile(join(cwd, 'mlserve.yaml'), `${config}limits: {loadMemoryBytes: 512MiB}\n`);
    expect((await runCli(['lock'], { cwd })).code).toBe(0);
    const text = await readFile(join(cwd, 'mlserve.lock'), 'utf8');
    const run = await runCli(['measure', ...QUICK], { cwd });
    expect([run.code, run.stderr]).toEqual([1, expect.stringContaining('MODEL_INVALID')]);
    expect(run.stderr).toContain('memory');
    expect(await readFile(join(cwd, 'mlserve.lock'), 'utf8')).toBe(text);
  });

  it('ends with its process when it is stopped, and writes nothing', async () => {
    const cwd = await copyProject('plain/iris');
    const text = await readFile(join(cwd, 'mlserve.lock'), 'utf8');
    const child = spawn(process.execPath, [CLI, 'measure', '--duration', '10m'], { cwd, env: bareEnv() });
    const ended = new Promise((resolve) => child.once('close', (code, signal) => resolve(signal ?? code)));
    await expect.poll(() => childrenOf(child.pid, 'measure-child'), { timeout: 20_000 }).toHaveLength(1);
    const [measurer] = await childrenOf(child.pid, 'measure-child');
    child.kill('SIGINT');
    expect(await ended).toBe('SIGINT');
    await expect.poll(() => isAlive(measurer), { timeout: 10_000 }).toBe(false);
    expect(await readFile(join(cwd, 'mlserve.lock'), 'utf8')).toBe(text);
  });

  it('refuses a time that is none, and a model that is not there', async () => {
    const cwd = await copyProject('plain/iris');
    for (const flags of [
      ['--duration', '1ms'],
      ['--duration', 'soon'],
      ['--model', 'fraud'],
    ]) {
      const run = await runCli(['measure', ...flags], { cwd });
      expect([run.code, run.stderr]).toEqual([2, expect.stringContaining('USAGE')]);
    }
  });

  it('measures the rows of golden examples, also where nothing that is made up runs', async () => {
    const cwd = await copyProject('plain/iris');
    await writeFile(join(cwd, 'models/iris.onnx'), onlyFiveToSeven());
    expect((await runCli(['lock'], { cwd })).code).toBe(0);
    const without = await measured(cwd);
    expect(without.issues.map(({ rule }) => rule)).toContain('measure.inputs');
    expect(without.measurements[0]).toMatchObject({ latency: [], bestRows: 1, saturation: null });
    const config = await readFile(join(cwd, 'mlserve.yaml'), 'utf8');
    await writeFile(join(cwd, 'mlserve.yaml'), config.replace('.onnx}', '.onnx, examples: seven.json}'));
    const example = { request: { instances: [[7]] }, response: { predictions: [[30]] } };
    await writeFile(join(cwd, 'seven.json'), JSON.stringify(example));
    const { measurements, issues } = await measured(cwd);
    expect(issues.map(({ rule }) => rule)).not.toContain('measure.inputs');
    expect(measurements[0]?.latency.map(({ rows }) => rows).slice(0, 3)).toEqual([1, 2, 4]);
  });
});

/** Takes 5, 6 and 7 and gives 10, 20 and 30; anything else is out of the range of its table. */
function onlyFiveToSeven(): Uint8Array {
  const whole = (name: string, values: readonly bigint[]) =>
    tensor({ name, type: 7, dims: [values.length], fields: [field(9, int64s(values))] });
  return model(
    graph({
      nodes: [
        node({ op: 'Sub', inputs: ['x', 'five'], outputs: ['at'] }),
        node({ op: 'Gather', inputs: ['table', 'at'], outputs: ['y'] }),
      ],
      initializers: [whole('five', [5n]), whole('table', [10n, 20n, 30n])],
      inputs: [value('x', 7, ['N', 1])],
      outputs: [value('y', 7, ['N', 1])],
    }),
  );
}
