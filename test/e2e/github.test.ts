import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fixturePath } from '../support/fixtures.ts';
import { runCli } from '../support/run-cli.ts';
import { tempFolder } from '../support/temp.ts';

const SERVICE =
  'apiVersion: mlserve.dev/v1\nname: fraud\nversion: 1.4.0\nmodels:\n  - {name: fraud, path: fraud.onnx}\n';

async function job(): Promise<{
  readonly home: string;
  readonly env: Record<string, string>;
  read(file: string): string;
}> {
  const home = await tempFolder();
  const env = {
    GITHUB_ACTIONS: 'true',
    GITHUB_WORKSPACE: home,
    GITHUB_OUTPUT: join(home, 'output'),
    GITHUB_STEP_SUMMARY: join(home, 'summary'),
  };
  return { home, env, read: (file) => readFileSync(join(home, file), 'utf8') };
}

describe('in a job of GitHub Actions', () => {
  it('findings are annotations of their files and rows of the page, and the exit code stays', async () => {
    const { home, env, read } = await job();
    writeFileSync(join(home, 'mlserve.yaml'), `${SERVICE}server: {prot: 8080}\n`);
    const run = await runCli(['validate'], { cwd: home, env });
    expect(run.code).toBe(1);
    expect(run.stderr).toMatch(/^::error file=mlserve.yaml,line=6,col=\d+,title=[\w.-]+::.*prot/m);
    expect(read('summary')).toMatch(/### ❌ mlserve validate[\s\S]*exit code 1[\s\S]*prot/);
  });

  it('paths start at the root of the repository, from whatever folder a project is named', async () => {
    const { home, env, read } = await job();
    const services = join(home, 'services');
    const made = ['init', 'fraud', '--model', fixturePath('real/iris'), '--yes'];
    mkdirSync(services);
    expect((await runCli(made, { cwd: services })).code).toBe(0);
    const file = join(services, 'fraud/mlserve.yaml');
    writeFileSync(file, `${readFileSync(file, 'utf8')}\nunheard: 1\n`);
    const places = async (cwd: string, ...args: readonly string[]) => {
      const { stderr } = await runCli(args, { cwd, env });
      return [...stderr.matchAll(/^::error (?:file=([^,]*))?/gm)].map(([, path]) => path);
    };
    const config = 'services/fraud/mlserve.yaml';
    expect(await places(home, 'validate', 'services/fraud')).toEqual([config]);
    expect(await places(services, 'validate', './fraud')).toEqual([config]);
    expect(await places(join(services, 'fraud'), 'validate')).toEqual([config]);
    // The error itself, whose place is said from the working folder, and its finding.
    expect(await places(services, 'lock', 'fraud')).toEqual([config, config]);
    expect(await places(services, 'predict', '--project', 'fraud', '-f', '-')).toEqual([config, config]);
    writeFileSync(file, readFileSync(file, 'utf8').replace('unheard: 1', ''));
    rmSync(join(services, 'fraud/models/fraud.onnx'));
    expect(await places(home, 'validate', 'services/fraud')).toEqual(['services/fraud/models/fraud.onnx']);
    expect(await places(home, 'inspect', 'services/nothing.onnx')).toEqual(['services/nothing.onnx']);
    expect(read('summary')).toContain('mlserve inspect');
  });

  it('an error that is thrown is an annotation with its code; standard output stays what it is', async () => {
    const { home, env } = await job();
    const run = await runCli(['lock', '--json'], { cwd: home, env });
    expect(run.code).toBe(2);
    expect(JSON.parse(run.stdout).error.code).toBe('PROJECT_NOT_FOUND');
    expect(run.stderr).toMatch(/^::error title=PROJECT_NOT_FOUND::/m);
  });

  it('a diff says its kind and step to the steps after it', async () => {
    const { home, env, read } = await job();
    const model = fixturePath('real/iris');
    const run = await runCli(['diff', model, model], { cwd: home, env });
    expect(run).toMatchObject({ code: 0, stderr: '' });
    expect(read('output')).toBe('kind=identical\nstep=none\n');
    expect(read('summary')).toContain('### ✅ mlserve diff');
  });

  it('a file that cannot be written is a warning', async () => {
    const { home, env } = await job();
    const model = fixturePath('real/iris');
    const run = await runCli(['diff', model, model], { cwd: home, env: { ...env, GITHUB_OUTPUT: home } });
    expect(run.code).toBe(0);
    expect(run.stderr).toContain('GitHub was not told');
  });

  it('elsewhere nothing of it is said', async () => {
    const { home } = await job();
    const run = await runCli(['lock'], { cwd: home });
    expect(run.stderr).not.toContain('::error');
  });
});
