import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { DOCKER_HOST, describeWithEngine, REGISTRY } from '../image/engine/support.ts';
import { fixturePath } from '../support/fixtures.ts';
import { changeWeights, failures, outcomes, repository, setVersion } from './repository.ts';

/** The packed package, as npm would get it. */
const { MLSERVE_TEST_PACKAGE = '' } = process.env;

describeWithEngine('the pipeline of a project, step by step as GitHub would run it', () => {
  it('ships a service, then a model of other weights with a patch, and stops one of another interface until the major version says so', {
    timeout: 1_200_000,
  }, async () => {
    const { folder, mlserve, git, commit, run } = await repository({
      archive: MLSERVE_TEST_PACKAGE,
      env: { DOCKER_HOST, MLSERVE_IMAGE_BASE: `${REGISTRY}/node:24-bookworm-slim` },
      ciInit: ['github', '--image', `${REGISTRY}/team/digits`],
    });
    const shipped = await run('push');
    expect(failures(shipped.steps)).toBe('');
    expect(outcomes(shipped.steps)).toContain('image / Build, try and push: success');
    const { image, digest, version } = shipped.outputs.image ?? {};
    expect(image).toMatch(new RegExp(`^${REGISTRY}/team/digits(:1.0.0)?@sha256:[0-9a-f]{64}$`));
    expect([digest, version]).toEqual([image?.split('@')[1], '1.0.0']);
    expect(shipped.steps.at(-1)).toMatchObject({ name: 'What the cluster would change', outcome: 'skipped' });

    git('checkout', '--quiet', '-b', 'weights');
    changeWeights(folder);
    mlserve('lock');
    commit('other weights');
    const tooSmall = await run('pull_request');
    expect(outcomes(tooSmall.steps)).toContain('check / Diff: failure');
    expect(tooSmall.comments[0]?.body).toMatch(/weights only/i);
    setVersion(folder, '1.0.1');
    mlserve('lock');
    commit('a patch');
    const patched = await run('pull_request');
    expect(failures(patched.steps)).toBe('');
    expect(patched.comments).toHaveLength(1);
    git('push', '--quiet', 'origin', 'weights:main');
    const again = await run('push');
    expect(failures(again.steps)).toBe('');
    expect(again.outputs.image?.version).toBe('1.0.1');
    expect(again.outputs.image?.digest).not.toBe(digest);

    git('checkout', '--quiet', '-b', 'interface');
    copyFileSync(fixturePath('real/wine'), join(folder, 'digits/models/digits.onnx'));
    mlserve('init', '.', '--model', 'models/digits.onnx', '--name', 'digits', '--yes', '--force');
    setVersion(folder, '1.1.0');
    mlserve('lock');
    commit('another model');
    const refused = await run('pull_request');
    expect(outcomes(refused.steps)).toContain('check / Diff: failure');
    expect(refused.comments[0]?.body).toMatch(/major/);
    expect(refused.steps.some(({ job }) => job === 'image')).toBe(false);
    setVersion(folder, '2.0.0');
    mlserve('lock');
    commit('a new interface');
    const accepted = await run('pull_request');
    expect(failures(accepted.steps)).toBe('');
  });
});
