import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { config, renderConfig } from '../../src/commands/config.ts';
import { openProject } from '../../src/commands/project.ts';
import { runCli } from '../support/run-cli.ts';
import { tempFolder } from '../support/temp.ts';
import { testIo } from '../support/test-io.ts';

const CONFIG = `apiVersion: mlserve.dev/v1
name: sample
version: 1.0.0
models:
  - name: m
    path: m.onnx
    features: {columns: [{name: c, type: category, values: {x: 1}, onMissing: {impute: x}}]}
server: {host: 0.0.0.0}
`;

async function project(text = CONFIG): Promise<string> {
  const folder = await tempFolder();
  await writeFile(join(folder, 'mlserve.yaml'), text);
  return folder;
}

describe('mlserve config', () => {
  it('prints every value with its origin', async () => {
    const io = { ...testIo(await project()), env: { MLSERVE_SERVER_PORT: '9000' } };
    const text = renderConfig(await config({ project: '.' }, io));
    expect(text).toMatch(/^name +"sample" {2}# file$/m);
    expect(text).toMatch(/^models\[0\]\.features\.columns\[0\]\.values +\{"x":1\} {2}# file$/m);
    expect(text).toMatch(/^models\[0\]\.features\.columns\[0\]\.onMissing +\{"impute":"x"\} {2}# file$/m);
    expect(text).toMatch(/^server\.host +"0\.0\.0\.0" {2}# file$/m);
    expect(text).toMatch(/^server\.port +9000 {2}# environment$/m);
    expect(text).toMatch(/^engine\.mode +"auto" {2}# default$/m);
  });

  it('is the same object with --json, from the program itself', async () => {
    const folder = await project();
    const run = await runCli(['config', '--json'], { cwd: folder, env: { MLSERVE_SERVR_PORT: '1' } });
    expect([run.code, run.stderr]).toEqual([0, expect.stringContaining('did you mean MLSERVE_SERVER_PORT?')]);
    const result = JSON.parse(run.stdout) as Awaited<ReturnType<typeof config>>;
    const io = { ...testIo(folder), env: { MLSERVE_SERVR_PORT: '1' } };
    expect(result).toEqual(JSON.parse(JSON.stringify(await config({ project: '.' }, io))));
    expect(result.spec).toMatchObject({ models: [{ features: { columns: [{ values: { x: 1 } }] } }] });
  });
});

describe('opening a project', () => {
  it('says that there is none, and what to do', async () => {
    await expect(openProject('.', {}, testIo(await tempFolder()))).rejects.toMatchObject({
      code: 'PROJECT_NOT_FOUND',
      exitCode: 2,
      hint: expect.stringContaining('mlserve init'),
    });
  });

  it('lists every finding of the file and the environment at once', async () => {
    const io = {
      ...testIo(await project(`${CONFIG}limits: {jsonDepht: 3}\ndrain: {delayMs: x}\n`)),
      env: { MLSERVE_SERVER_PORT: 'x' },
    };
    const error = await openProject('.', {}, io).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'CONFIG_INVALID' });
    expect((error as { issues: { where: string }[] }).issues.map(({ where }) => where).sort()).toEqual([
      'MLSERVE_SERVER_PORT',
      'mlserve.yaml:10:18',
      'mlserve.yaml:9:10',
    ]);
  });

  it('reads the folder it is given, and takes flags as settings', async () => {
    const folder = await project();
    const opened = await openProject(folder, { 'server.port': 1234 }, testIo('/'));
    expect([opened.dir, opened.spec.server.port, opened.lock]).toEqual([folder, 1234, undefined]);
  });
});
