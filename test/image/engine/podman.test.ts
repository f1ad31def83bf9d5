import { describe, expect, it } from 'vitest';
import { tempFolder } from '../../support/temp.ts';
import { baseWith, build, docker, mlserve, project, REGISTRY } from './support.ts';

const { MLSERVE_TEST_PODMAN_HOST: HOST = '' } = process.env;
const env = { DOCKER_HOST: HOST };
const reason = HOST === '' ? ' (skipped: no Podman; see test/support/docker/podman.sh)' : '';

describe.skipIf(HOST === '')(`Podman${reason}`, () => {
  it('builds an image, tries it and pushes it', async () => {
    const cwd = await project(await tempFolder(), 'podded', 'digest/base');
    const tag = `${REGISTRY}/team/podded:1.0.0`;
    const built = await build(cwd, ['--tag', tag, '--push'], env);
    expect(built.platforms[0]?.smoke?.examples).toEqual({ asked: 1, passed: 1 });
    const { Config } = await docker(HOST)
      .getImage(built.platforms[0]?.id ?? '')
      .inspect();
    expect(Config).toMatchObject({ User: '10001:10001', StopSignal: 'SIGTERM', Labels: built.platforms[0]?.labels });
    const manifest = await fetch(`http://${REGISTRY}/v2/team/podded/manifests/${built.digest}`);
    expect(manifest.status).toBe(200);
  }, 180_000);

  it('tries an image three times in a row', async () => {
    const cwd = await project(await tempFolder(), 'often', 'digest/base');
    await build(cwd, ['--no-smoke'], env);
    for (let round = 0; round < 3; round++) {
      const { platforms } = await build(cwd, [], env);
      expect(platforms[0]?.smoke?.examples.passed).toBe(1);
    }
  }, 180_000);

  it('tells each step by its name, and the one that failed with what it printed', async () => {
    const cwd = await project(await tempFolder(), 'broken', 'digest/base');
    const base = await baseWith('broken-settings', 'ENV MLSERVE_SERVER_PORT=nonsense', HOST);
    const run = await mlserve(['build', 'image', '--base', base], { cwd, env });
    expect(run).toMatchObject({ code: 2, stderr: expect.stringContaining('[BUILD_FAILED]') });
    expect(run.stderr).toMatch(/at: RUN .*verify/);
    expect(run.stderr).toContain('nonsense');
    expect(run.stderr).toMatch(/^ {2}COPY layers\/runtime\/ layers\/server\/ \/( \(cached\))?$/m);
  }, 120_000);
});
