/** `mlserve doctor` as a process: what it sees of real folders, ports and files, and what it repairs. */
import { copyFile, mkdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { DoctorResult } from '../../src/commands/doctor.ts';
import { fixturePath } from '../support/fixtures.ts';
import { type CliRun, runCli } from '../support/run-cli.ts';
import { tempFolder } from '../support/temp.ts';

/** No engine and no cluster, whatever the machine of the test has. */
const BARE = { DOCKER_HOST: 'unix:///nonexistent.sock', KUBECONFIG: '/nonexistent' };
let cwd: string;
beforeEach(async () => {
  const home = await tempFolder();
  cwd = join(home, 'iris');
  expect((await runCli(['init', 'iris', '--model', fixturePath('real/iris'), '--yes'], { cwd: home })).code).toBe(0);
});

const doctor = (...flags: readonly string[]): Promise<CliRun> => runCli(['doctor', ...flags], { cwd, env: BARE });
async function states(
  ...flags: readonly string[]
): Promise<{ run: DoctorResult; code: number | null; of: Record<string, string> }> {
  const { code, stdout } = await doctor('--json', ...flags);
  const run = JSON.parse(stdout) as DoctorResult;
  return { run, code, of: Object.fromEntries(run.checks.map(({ name, state }) => [name, state])) };
}

describe('mlserve doctor', () => {
  it('finds no error in a new project, writes nothing, and says what an absent engine is for', async () => {
    const before = await stat(cwd);
    const { code, stdout } = await doctor();
    expect(stdout).toMatch(/^✓ runtime +onnxruntime 1\.\d+\.\d+ loads on \w+\/\w+$/m);
    expect(stdout).toMatch(
      /^! engine +no container engine answers: .*; "mlserve build image" needs one\n +fix: start Docker/m,
    );
    expect(stdout).toMatch(/^! kubectl +.*\n +fix: /m);
    expect(stdout).toMatch(/^✓ config +mlserve\.yaml is valid$/m);
    expect(stdout).toMatch(/\n0 errors, \d warnings\n$/);
    expect(code).toBe(0);
    expect((await stat(cwd)).mtimeMs).toBe(before.mtimeMs);
  });

  it('ends in exit code 1 where a model file is missing', async () => {
    await rm(join(cwd, 'models/iris.onnx'));
    const { code, run } = await states();
    expect(code).toBe(1);
    expect(run.issues.map(({ rule }) => rule)).toEqual(['doctor.models']);
  });

  it('sees a model that Git LFS has not fetched, and one that is no model', async () => {
    const pointer = await readFile(fixturePath('hostile/git-lfs-pointer'));
    await writeFile(join(cwd, 'models/iris.onnx'), pointer);
    expect((await doctor()).stdout).toMatch(
      /^✗ models +models\/iris\.onnx: this is a Git LFS pointer, not the model itself\n +fix: run "git lfs pull"$/m,
    );
    await writeFile(join(cwd, 'models/iris.onnx'), 'nonsense');
    const { code, run } = await states();
    expect([code, run.issues.map(({ rule }) => rule)]).toEqual([1, ['doctor.models']]);
    expect(run.issues[0]?.message).toMatch(/^models\/iris\.onnx: this is not an ONNX file/);
  });

  it('sees weights beside a model that are not there, or that Git LFS has not fetched', async () => {
    const home = await tempFolder();
    const made = await runCli(['init', 'base', '--model', fixturePath('digest/external'), '--yes'], { cwd: home });
    expect(made.code, made.stderr).toBe(0);
    cwd = join(home, 'base');
    expect((await states()).of).toMatchObject({ models: 'ok' });
    const data = join(cwd, 'models/weights.data');
    await copyFile(fixturePath('hostile/git-lfs-pointer'), data);
    expect((await doctor()).stdout).toMatch(
      /^✗ models +models\/weights\.data, which holds weights of models\/\w+\.onnx, is a Git LFS pointer, not the file itself\n +fix: run "git lfs pull"$/m,
    );
    await rm(data);
    const { code, stdout } = await doctor();
    expect(code).toBe(1);
    expect(stdout).toMatch(
      /^✗ models +models\/weights\.data, which holds weights of \S+, is not there\n +fix: put it /m,
    );
  });

  it('names who has the port', async () => {
    const server = createServer();
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    onTestFinished(() => void server.close());
    const { port } = server.address() as { port: number };
    const { stdout } = await runCli(['doctor'], { cwd, env: { ...BARE, MLSERVE_SERVER_PORT: String(port) } });
    expect(stdout).toMatch(new RegExp(`^! port +Port ${port} is taken by `, 'm'));
  });

  it('asks for credentials of the registry that images go to', async () => {
    const env = { ...BARE, MLSERVE_IMAGE_REPOSITORY: 'registry.example.com/ml/iris' };
    const without = await runCli(['doctor'], { cwd, env: { ...env, DOCKER_AUTH_CONFIG: '{}' } });
    expect(without.stdout).toMatch(/^! registry .*\n +fix: docker login registry\.example\.com$/m);
    const auths = { 'registry.example.com': { auth: Buffer.from('a:b').toString('base64') } };
    const known = await runCli(['doctor'], { cwd, env: { ...env, DOCKER_AUTH_CONFIG: JSON.stringify({ auths }) } });
    expect(known.stdout).toMatch(/^✓ registry /m);
  });

  it('with --fix puts right what mlserve writes itself, once, and with --dry-run only says so', async () => {
    await writeFile(join(cwd, '.mlserve/schema.json'), '{}');
    await writeFile(join(cwd, '.gitignore'), 'dist\n');
    const left = '.mlserve.lock.4242-0123456789ab.tmp';
    await writeFile(join(cwd, left), '');
    const old = new Date(Date.now() - 7_200_000);
    await utimes(join(cwd, left), old, old);
    const fresh = '.mlserve.lock.4242-ba9876543210.tmp';
    await writeFile(join(cwd, fresh), '');

    const seen = await states();
    expect(seen.of).toMatchObject({ schema: 'warning', gitignore: 'warning', leftovers: 'warning' });
    const planned = await doctor('--fix', '--dry-run');
    expect(planned.stdout).toContain(`would remove ${left}: `);
    expect(await readFile(join(cwd, '.mlserve/schema.json'), 'utf8')).toBe('{}');

    const { run, of } = await states('--fix');
    expect(run.repairs.map(({ path, action }) => `${action} ${path}`)).toEqual([
      'write .mlserve/schema.json',
      'add lines .gitignore',
      `remove ${left}`,
    ]);
    expect(of).not.toHaveProperty('schema');
    expect(await readFile(join(cwd, '.gitignore'), 'utf8')).toBe('dist\n*.log\n.env\n');
    await expect(stat(join(cwd, left))).rejects.toThrow();
    expect((await stat(join(cwd, fresh))).size).toBe(0);
    expect((await states('--fix')).run.repairs).toEqual([]);
  });

  it('looks at the machine alone in a folder without a project', async () => {
    const folder = join(cwd, 'empty');
    await mkdir(folder);
    const { code, stdout } = await runCli(['doctor', folder], { cwd, env: BARE });
    expect(code).toBe(0);
    expect(stdout).toContain('no mlserve.yaml in this folder');
  });

  it('refuses --dry-run without --fix, and a folder that is not there', async () => {
    expect(await doctor('--dry-run')).toMatchObject({ code: 2, stderr: expect.stringContaining('add --fix') });
    expect(await doctor('nowhere')).toMatchObject({ code: 2, stderr: expect.stringContaining('FILE_NOT_FOUND') });
  });
});
