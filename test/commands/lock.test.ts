import { copyFile, mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { currentLock } from '../../src/commands/current-lock.ts';
import { type LockOptions, lock, renderLock } from '../../src/commands/lock.ts';
import { openProject } from '../../src/commands/project.ts';
import { formatLock, parseLock } from '../../src/lock/lockfile.ts';
import { fixturePath } from '../support/fixtures.ts';
import { sampleMeasurement } from '../support/sample-lock.ts';
import { tempFolder } from '../support/temp.ts';
import { testIo } from '../support/test-io.ts';

const CONFIG = `apiVersion: mlserve.dev/v1
name: sample
version: 1.0.0
models:
  - {name: base, path: models/model.onnx}
`;

/** A project around a model of the digest fixtures. */
async function project(model = 'digest/base'): Promise<string> {
  const folder = await tempFolder();
  await mkdir(join(folder, 'models'));
  await copyFile(fixturePath(model), join(folder, 'models/model.onnx'));
  await writeFile(join(folder, 'mlserve.yaml'), CONFIG);
  return folder;
}

const run = (folder: string, options: Partial<LockOptions> = {}) =>
  lock({ project: '.', check: false, frozen: false, dryRun: false, ...options }, testIo(folder));

const rules = ({ issues }: Awaited<ReturnType<typeof lock>>) =>
  issues.map(({ rule, severity }) => `${severity} ${rule}`);

describe('mlserve lock', () => {
  it('writes the lock once, and leaves it alone when nothing changed', async () => {
    const folder = await project();
    const path = join(folder, 'mlserve.lock');
    expect((await run(folder)).status).toBe('created');
    const first = await stat(path);
    const again = await run(folder);
    expect([again.status, again.issues]).toEqual(['unchanged', []]);
    const second = await stat(path);
    expect([second.ino, second.mtimeMs]).toEqual([first.ino, first.mtimeMs]);
  });

  it('records what sha256sum prints of the model', async () => {
    const folder = await project();
    const result = await run(folder);
    const { createHash } = await import('node:crypto');
    const hex = createHash('sha256')
      .update(await readFile(fixturePath('digest/base')))
      .digest('hex');
    expect(result.models[0]?.digests.model).toBe(`sha256:${hex}`);
    expect(renderLock(result)).toBe(`  base 1.0.0  sha256:${hex}\nmlserve.lock written`);
  });

  it('tells changed weights from a changed graph and changed outputs', async () => {
    const changes: readonly [string, readonly string[]][] = [
      ['digest/weight', ['error lock.weights']],
      ['digest/producer', ['error lock.bytes']],
      ['digest/renamed', ['error lock.bytes']],
      ['digest/attribute', ['error lock.graph']],
    ];
    for (const [model, expected] of changes) {
      const folder = await project();
      await run(folder);
      await copyFile(fixturePath(model), join(folder, 'models/model.onnx'));
      const result = await run(folder, { check: true });
      expect([model, result.status, rules(result)]).toEqual([model, 'drifted', expected]);
    }
    const folder = await project();
    await run(folder);
    await copyFile(fixturePath('digest/output'), join(folder, 'models/model.onnx'));
    expect(rules(await run(folder, { check: true }))).toContain('error lock.signature');
  });

  it('accepts a change with the list of what changed, as information', async () => {
    const folder = await project();
    await run(folder);
    await copyFile(fixturePath('digest/weight'), join(folder, 'models/model.onnx'));
    const result = await run(folder);
    expect([result.status, rules(result)]).toEqual(['updated', ['info lock.weights']]);
    expect((await run(folder, { check: true })).status).toBe('unchanged');
  });

  it('never writes with --check, --frozen and --dry-run', async () => {
    const folder = await project();
    expect(rules(await run(folder, { check: true }))).toEqual(['error lock.absent']);
    expect((await run(folder, { dryRun: true })).status).toBe('planned');
    await expect(run(folder, { frozen: true })).rejects.toMatchObject({ code: 'LOCK_MISSING', exitCode: 1 });
    await expect(stat(join(folder, 'mlserve.lock'))).rejects.toThrow(/ENOENT/);
    await run(folder);
    const before = await readFile(join(folder, 'mlserve.lock'), 'utf8');
    await writeFile(join(folder, 'mlserve.yaml'), CONFIG.replace('1.0.0', '1.1.0'));
    for (const options of [{ check: true }, { frozen: true }, { dryRun: true }]) {
      expect((await run(folder, options)).issues.map(({ rule }) => rule)).toEqual(['lock.version']);
    }
    expect(await readFile(join(folder, 'mlserve.lock'), 'utf8')).toBe(before);
  });

  it('sees features and outputs that changed, and no difference in how they are written', async () => {
    const folder = await project('real/iris');
    const config = (features: string) =>
      writeFile(join(folder, 'mlserve.yaml'), CONFIG.replace('onnx}', `onnx, ${features}}`));
    await config('features: {input: float_input, columns: [{name: a, type: number, min: 0}]}');
    await run(folder);
    await config('features: {columns: [{min: 0, type: number, name: a, input: float_input}], onUnknownColumn: reject}');
    expect((await run(folder, { check: true })).status).toBe('unchanged');
    await config('features: {input: float_input, columns: [{name: a, type: number, min: 1}]}');
    expect(rules(await run(folder, { check: true }))).toEqual(['error lock.schema']);
  });

  it('puts right a lock that somebody reformatted, which is no drift', async () => {
    const folder = await project();
    await run(folder);
    const path = join(folder, 'mlserve.lock');
    await writeFile(path, JSON.stringify(JSON.parse(await readFile(path, 'utf8'))));
    expect((await run(folder, { check: true })).status).toBe('unchanged');
    expect((await run(folder)).status).toBe('updated');
    const io = testIo(folder);
    expect(await readFile(path, 'utf8')).toBe(formatLock(await currentLock(await openProject('.', {}, io), io)));
  });

  it('reports a digest that somebody edited in the lock, and puts it right', async () => {
    const folder = await project();
    await run(folder);
    const path = join(folder, 'mlserve.lock');
    const text = await readFile(path, 'utf8');
    for (const kind of ['graph', 'weights', 'signature']) {
      await writeFile(path, text.replace(new RegExp(`("${kind}": "sha256:)[0-9a-f]{8}`), '$100000000'));
      expect(rules(await run(folder, { check: true }))).toEqual(['error lock.edited']);
    }
    expect((await run(folder)).status).toBe('updated');
    expect(await readFile(path, 'utf8')).toBe(text);
  });

  it('keeps what was measured of a model until the model changes', async () => {
    const folder = await project();
    await run(folder);
    const path = join(folder, 'mlserve.lock');
    const written = parseLock(await readFile(path, 'utf8'));
    const measured = { ...written, measurements: written.models.map(sampleMeasurement) };
    await writeFile(path, formatLock(measured));
    expect((await run(folder)).status).toBe('unchanged');
    expect((await run(folder, { check: true })).status).toBe('unchanged');
    await writeFile(join(folder, 'mlserve.yaml'), CONFIG.replace('1.0.0', '1.1.0'));
    expect(rules(await run(folder))).toEqual(['info lock.version']);
    expect(parseLock(await readFile(path, 'utf8')).measurements).toMatchObject([{ name: 'base', version: '1.1.0' }]);
    await copyFile(fixturePath('digest/weight'), join(folder, 'models/model.onnx'));
    expect(rules(await run(folder))).toEqual(['info lock.weights', 'info lock.measurement']);
    expect(parseLock(await readFile(path, 'utf8')).measurements).toBeUndefined();
  });

  it('refuses a damaged lock and a model that is none', async () => {
    const folder = await project();
    await writeFile(join(folder, 'mlserve.lock'), '{');
    await expect(run(folder)).rejects.toMatchObject({ code: 'LOCK_UNREADABLE' });
    await writeFile(join(folder, 'mlserve.lock'), '');
    const other = await project();
    await writeFile(join(other, 'models/model.onnx'), 'hello');
    await expect(run(other)).rejects.toMatchObject({ code: 'MODEL_INVALID' });
    await expect(stat(join(other, 'mlserve.lock'))).rejects.toThrow(/ENOENT/);
  });
});
