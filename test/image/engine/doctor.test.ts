/** `mlserve doctor` with a real engine: what it says of it, and of the base image before and after it is there. */
import { expect, it } from 'vitest';
import { tempFolder } from '../../support/temp.ts';
import { DOCKER_HOST, describeWithEngine, docker, mlserve, project } from './support.ts';

/** What the engine of the tests starts with, and the name that the project wants it by. */
const BASE = 'node:24-bookworm-slim';
const NAME = 'doctor-base';

describeWithEngine('mlserve doctor, of an engine', () => {
  it('says which engine it is, and whether it has the base image', { timeout: 300_000 }, async () => {
    const home = await tempFolder();
    const folder = await project(home, 'doctored');
    const env = { KUBECONFIG: '/nonexistent', MLSERVE_IMAGE_BASE: `${NAME}:1` };
    const doctor = () => mlserve(['doctor'], { cwd: folder, env });
    const without = await doctor();
    expect(without.stdout).toMatch(
      new RegExp(`^✓ engine +Docker \\S+ at ${DOCKER_HOST.replace('unix://', '')}, API 1\\.\\d+, builder \\w+$`, 'm'),
    );
    expect(without.stdout).toMatch(
      /^! base +the engine does not have doctor-base:1: the first build needs the network\n +fix: docker pull doctor-base:1$/m,
    );
    expect(without.code).toBe(0);
    await docker().getImage(BASE).tag({ repo: NAME, tag: '1' });
    const withIt = await doctor();
    await docker().getImage(`${NAME}:1`).remove();
    expect(withIt.stdout).toMatch(/^✓ base +images start from doctor-base:1, which the engine has$/m);
    expect(withIt.code).toBe(0);
  });
});
