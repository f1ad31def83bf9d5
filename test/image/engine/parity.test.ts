/** `mlserve test --image`: the golden answers of a project asked of an image, in a real engine. */
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { tempFolder } from '../../support/temp.ts';
import { baseWith, build, describeWithEngine, docker, done, edits, mlserve, project, REGISTRY } from './support.ts';

interface Tested {
  readonly targets: readonly { readonly kind: string; readonly name: string; readonly passed: number }[];
  readonly issues: readonly { readonly rule: string; readonly message: string }[];
}

describeWithEngine('the test of an image', () => {
  it('finds the answers of this process in it, and notices another model under the same name', async () => {
    const before = await containers();
    const folder = await project(await tempFolder(), 'parity', 'digest/base');
    const tag = `${REGISTRY}/team/parity:1.0.0`;
    await build(folder, ['--tag', tag, '--push']);
    const args = ['test', '--image', tag, '--json'];
    const same = JSON.parse(await done(args, { cwd: folder })) as Tested;
    expect(same).toMatchObject({
      targets: [
        { kind: 'local', passed: 1 },
        { kind: 'image', name: tag, passed: 1 },
      ],
      issues: [],
    });

    // Pulled where the engine does not have it.
    await docker().getImage(tag).remove({ force: true });
    expect(JSON.parse(await done([...args, '--no-local'], { cwd: folder }))).toMatchObject({ issues: [] });

    const changed = join(await tempFolder(), 'parity');
    await cp(folder, changed, { recursive: true });
    await edits.model(changed, 'digest/producer');
    const { code, stdout } = await mlserve(['test', '--no-local', '--image', tag, '--json'], { cwd: changed });
    const { issues } = JSON.parse(stdout) as Tested;
    expect({ code, rules: issues.map(({ rule }) => rule) }).toEqual({ code: 1, rules: ['parity.identity'] });
    expect(issues[0]?.message).toContain(`${tag}: parity 1.0.0 sha256:`);
    expect(await containers()).toBe(before);
  }, 600_000);

  it('cannot work with an image that is nowhere, is not ours, or has no name: exit code 2 or the findings of the image', async () => {
    const before = await containers();
    const folder = await project(await tempFolder(), 'parity');
    const foreign = await baseWith('parity-foreign', 'LABEL a=b');
    for (const [image, expected] of [
      [`${REGISTRY}/team/nothing:1`, { exit: 2, code: 'REGISTRY_REFUSED' }],
      ['Not A Name', { exit: 2, code: 'USAGE' }],
      [foreign, { exit: 1, code: 'SMOKE_FAILED' }],
    ] as const) {
      const { code, stdout } = await mlserve(['test', '--image', image, '--json'], { cwd: folder });
      expect({ exit: code, code: (JSON.parse(stdout) as { error: { code: string } }).error.code }, image).toEqual(
        expected,
      );
    }
    const { code, stdout } = await mlserve(['test', '--image', foreign, '--json'], {
      cwd: folder,
      env: { DOCKER_HOST: 'unix:///nonexistent.sock' },
    });
    expect({ code, ...(JSON.parse(stdout) as object) }).toMatchObject({
      code: 2,
      error: { code: 'ENGINE_UNREACHABLE' },
    });
    expect(await containers()).toBe(before);
  }, 300_000);
});

/** Those of other suites may lie there; of these tests nothing is left running or lying. */
async function containers(): Promise<number> {
  return (await docker().listContainers({ all: true })).length;
}
