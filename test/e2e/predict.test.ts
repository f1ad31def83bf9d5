/** `mlserve predict` and `init` as processes: memory over many rows, pipes, Ctrl-C. */
import { spawn, spawnSync } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fixturePath } from '../support/fixtures.ts';
import { bareEnv, CLI, runCli } from '../support/run-cli.ts';
import { startServer } from '../support/served.ts';

let home: string;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'mlserve-test-'));
  const { code, stderr } = await runCli(['init', 'flowers', '--model', fixturePath('real/iris-zipmap')], { cwd: home });
  expect(code, stderr).toBe(0);
});

afterAll(() => rm(home, { recursive: true, force: true }));

async function writeRows(name: string, count: number): Promise<void> {
  const file = createWriteStream(join(home, name));
  file.write('f0,f1,f2,f3\n');
  for (let at = 0; at < count; at += 1000) {
    let text = '';
    for (let row = at; row < at + 1000; row++) text += `${row % 7}.25,${row % 5}.5,${row % 3}.125,${row}\n`;
    if (!file.write(text)) await new Promise<void>((drained) => file.once('drain', drained));
  }
  file.end();
  await finished(file);
}

/** Lines that `mlserve predict` printed in a heap of so many MiB, and the largest resident memory in MiB. */
async function measure(name: string, heap: number): Promise<{ readonly lines: number; readonly peak: number }> {
  const report = `process.on('exit', () => process.stderr.write('PEAK=' + process.resourceUsage().maxRSS + '\\n'))`;
  const node = [`--max-old-space-size=${heap}`, '--import', `data:text/javascript,${encodeURIComponent(report)}`];
  const args = [...node, CLI, 'predict', '-f', name, '--project', 'flowers', '--batch', '256'];
  const child = spawn(process.execPath, args, { cwd: home, env: bareEnv() });
  let lines = 0;
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => {
    for (const byte of chunk) if (byte === 0x0a) lines++;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const code = await new Promise((done) => child.once('close', done));
  expect(code, stderr.slice(-2000)).toBe(0);
  return { lines, peak: Number(/PEAK=(\d+)/.exec(stderr)?.[1]) / 1024 };
}

describe('mlserve predict', () => {
  it('scores 300 000 rows in a heap that could not hold them', { timeout: 120_000 }, async () => {
    await writeRows('many.csv', 300_000);
    // Read as objects these rows take about 54 MiB, beside 20 for the program.
    const { lines, peak } = await measure('many.csv', 56);
    expect(lines).toBe(300_000);
    // Buffers and tensors lie outside the heap.
    expect(peak).toBeLessThan(400);
  });

  it('reads standard input, keeps the two streams apart and ends with exit code 1 at a bad row', async () => {
    const good = await runCli(['predict', '-f', '-', '--project', 'flowers'], {
      cwd: home,
      input: '[5.1,3.5,1.4,0.2]',
    });
    expect(good.code).toBe(0);
    expect(JSON.parse(good.stdout)).toMatchObject({ label: 0 });
    const bad = await runCli(['predict', '-f', '-', '--project', 'flowers', '--json'], { cwd: home, input: '[1]' });
    expect(bad.code).toBe(1);
    expect(JSON.parse(bad.stdout)).toMatchObject({ predictions: [], error: { where: 'line 1' } });
    expect(bad.stderr).toContain('error: A row does not fit the model');
    const missing = await runCli(['predict', '-f', 'none.csv', '--project', 'flowers', '--json'], { cwd: home });
    expect(missing.code).toBe(2);
    expect(JSON.parse(missing.stdout)).toMatchObject({ error: { code: 'FILE_NOT_FOUND' } });
  });

  it.skipIf(process.platform === 'win32')('reads a pipe that has a name', async () => {
    const line = `printf '5.1,3.5,1.4,0.2' | (printf 'f0,f1,f2,f3\\n'; cat) | "${process.execPath}" "${CLI}" predict -f /dev/stdin --input-format csv --project flowers`;
    const { status, stdout } = spawnSync('sh', ['-c', line], { cwd: home, env: bareEnv(), encoding: 'utf8' });
    expect({ status, answer: JSON.parse(stdout) }).toMatchObject({ status: 0, answer: { label: 0 } });
  });

  it('answers a row while the next is awaited, and ends at Ctrl-C with exit code 130', async () => {
    const args = [CLI, 'predict', '-f', '-', '--project', 'flowers', '--batch', '1'];
    const child = spawn(process.execPath, args, { cwd: home, env: bareEnv() });
    child.stdin.write('{"f0":5.1,"f1":3.5,"f2":1.4,"f3":0.2}\n');
    const [line] = (await new Promise<Buffer>((read) => child.stdout.once('data', read))).toString().split('\n');
    expect(JSON.parse(line ?? '')).toMatchObject({ label: 0 });
    child.kill('SIGINT');
    expect(await new Promise((done) => child.once('close', done))).toBe(130);
  });

  it.each([
    [['predict'], 'required option'],
    [['predict', '-f', 'x', '--on-error', 'maybe'], 'on-error'],
    [['predict', '-f', 'x', '--batch', '0'], 'whole number'],
    [['predict', '-f', 'x', '--project', 'flowers/models'], 'mlserve.yaml'],
  ])('refuses %j', async (args, message) => {
    const { code, stdout, stderr } = await runCli(args, { cwd: home });
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain(message);
  });
});

describe('mlserve init', () => {
  it('makes a project whose README has a line that works against mlserve serve', async () => {
    const { url, stop } = await startServer(join(home, 'flowers'));
    const { request, response } = JSON.parse(await readFile(join(home, 'flowers/examples/golden.json'), 'utf8'));
    const answer = await fetch(`${url}/predict`, { method: 'POST', body: JSON.stringify(request) });
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({ model: { name: 'flowers', version: '1.0.0' }, ...response });
    expect(await stop()).toBe(0);
  });

  it('leaves nothing behind on Ctrl-C', async () => {
    const folder = join(home, 'interrupted');
    const args = [CLI, 'init', join(folder, 'deep/p'), '--model', fixturePath('protocol/slow')];
    const child = spawn(process.execPath, args, { cwd: home, env: bareEnv() });
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    const isStaged = async (): Promise<boolean> =>
      (await readdir(folder, { recursive: true }).catch(() => [])).length > 1;
    while (!(await isStaged())) await new Promise((wake) => setTimeout(wake, 5));
    child.kill('SIGINT');
    expect(await new Promise((done) => child.once('close', done)), stderr).toBe(130);
    expect(await readdir(home)).not.toContain('interrupted');
  });

  it('prints its result as JSON, and asks nothing without a terminal', async () => {
    const args = ['init', 'again', '--model', fixturePath('real/diabetes'), '--json'];
    const { code, stdout } = await runCli(args, { cwd: home });
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ dir: 'again', name: 'again', dryRun: false });
    const none = await runCli(['init'], { cwd: home, input: '' });
    expect(none.code).toBe(2);
    expect(none.stderr).toContain('give --model FILE');
  });
});
