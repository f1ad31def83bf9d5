/** `mlserve test` of a project with several models, asked over encrypted HTTP and gRPC of a server that a private authority vouches for. */
import { spawn } from 'node:child_process';
import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { parse, stringify } from 'yaml';
import type { TestResult } from '../../src/commands/test-result.ts';
import { fixturePath } from '../support/fixtures.ts';
import { bareEnv, CLI, runCli } from '../support/run-cli.ts';
import { tempFolder } from '../support/temp.ts';
import { pemPath } from '../support/tls-files.ts';

/** Two projects that `init` has made, as one: `iris` with the model of `digits` beside its own. */
async function severalModels(): Promise<string> {
  const home = await tempFolder();
  for (const [name, fixture] of [
    ['iris', 'real/iris'],
    ['digits', 'real/digits-mlp'],
  ] as const) {
    expect((await runCli(['init', name, '--model', fixturePath(fixture), '--yes'], { cwd: home })).code).toBe(0);
  }
  const [dir, other] = [join(home, 'iris'), join(home, 'digits')];
  const read = async (folder: string) => parse(await readFile(join(folder, 'mlserve.yaml'), 'utf8'));
  const [iris, digits] = [await read(dir), await read(other)];
  await cp(join(other, 'models'), join(dir, 'models'), { recursive: true });
  await cp(join(other, 'examples'), join(dir, 'examples/digits'), { recursive: true });
  const models = [...iris.models, { ...digits.models[0], examples: 'examples/digits/*.json' }];
  const tls = { cert: pemPath('server.cert'), key: pemPath('server.key') };
  await writeFile(join(dir, 'mlserve.yaml'), stringify({ ...iris, models, tls }));
  expect((await runCli(['lock'], { cwd: dir })).code).toBe(0);
  return dir;
}

/** → the URLs of HTTP and gRPC. */
async function serve(cwd: string): Promise<readonly [string, string]> {
  const args = [CLI, 'serve', '--port', '0', '--grpc-port', '0', '--log-format', 'json'];
  const child = spawn(process.execPath, args, { cwd, env: bareEnv() });
  onTestFinished(() => void child.kill('SIGKILL'));
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
  }
  await expect.poll(() => text, { timeout: 60_000, interval: 20 }).toMatch(/is ready on/);
  const url = /"url":"(https:[^"]+)"/.exec(text)?.[1] ?? '';
  const address = /"address":"([^"]+)"/.exec(text)?.[1] ?? '';
  return [url, `grpcs://${address}`];
}

it('asks each example of its own model, in process and encrypted, and trusts the authority of --ca alone', {
  timeout: 120_000,
}, async () => {
  const dir = await severalModels();
  const [https, grpcs] = await serve(dir);
  const asking = ['test', '--url', https, '--url', grpcs];
  const ca = ['--ca', pemPath('authority.cert')];
  const { code, stdout, stderr } = await runCli([...asking, ...ca, '--json'], { cwd: dir });
  expect({ code, stderr }, stdout).toEqual({ code: 0, stderr: '' });
  const { targets, cases, issues } = JSON.parse(stdout) as TestResult;
  expect(issues).toEqual([]);
  expect(targets.map(({ name, asked, passed }) => [name, asked, passed])).toEqual([
    ['local', 2, 2],
    [https, 2, 2],
    [grpcs, 2, 2],
  ]);
  const [local, ...others] = targets.map(({ models }) => models);
  expect(local?.map(({ name }) => name)).toEqual(['iris', 'digits']);
  expect(new Set(local?.map(({ digest }) => digest)).size).toBe(2);
  for (const models of others) expect(models).toEqual(local);
  expect(cases.map(({ case: name, model }) => [name, model])).toEqual([
    ['examples/golden.json', 'iris@1.0.0'],
    ['examples/digits/golden.json', 'digits@1.0.0'],
  ]);

  const one = await runCli([...asking, ...ca, '--model', 'digits', '--json'], { cwd: dir });
  expect(one.code, one.stdout).toBe(0);
  expect((JSON.parse(one.stdout) as TestResult).cases.map(({ model }) => model)).toEqual(['digits@1.0.0']);

  const nobody = await runCli(['test', '--url', 'grpcs://127.0.0.1:1'], { cwd: dir });
  expect([nobody.code, nobody.stderr]).toEqual([2, expect.stringMatching(/ECONNREFUSED 127\.0\.0\.1:1 \[SERVICE_/)]);

  for (const url of [https, grpcs]) {
    const stranger = await runCli(['test', '--url', url], { cwd: dir });
    expect(stranger.code, stranger.stdout).toBe(2);
    const said = 'its certificate is of an authority that is not known here';
    expect(stranger.stderr).toMatch(
      new RegExp(`^error: .* ${said} \\[SERVICE_UNREACHABLE\\]\n  at: ${url}\\S*\n  fix: give that one with --ca\n$`),
    );
  }
});
