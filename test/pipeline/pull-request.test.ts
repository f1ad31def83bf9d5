import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { changeWeights, failures, outcomes, repository, setVersion, trainAgain } from './repository.ts';
import type { StepRun } from './runner.ts';

const MARK = '<!-- mlserve: digits -->\n';

describe('a pull request, checked as GitHub would run it', { timeout: 120_000 }, () => {
  it('is green where it adds the service, and says that there is nothing to compare', async () => {
    const { git, run } = await repository({ ciInit: ['github'] });
    git('push', '--quiet', '--force', 'origin', 'empty:main');
    const { steps, comments, summary } = await run('pull_request');
    expect(failures(steps)).toBe('');
    const said = 'digits is a new service: origin/main has no digits/mlserve.yaml, so there is nothing to compare.\n';
    expect(comments.map(({ body }) => body)).toEqual([MARK + said]);
    expect(summary).toContain(said);
  });

  it('is red for a base that is not there: that is no new service', async () => {
    const { git, run } = await repository({ ciInit: ['github'] });
    git('push', '--quiet', 'origin', 'main:other');
    git('--git-dir', join(git('remote', 'get-url', 'origin').trim()), 'symbolic-ref', 'HEAD', 'refs/heads/other');
    git('push', '--quiet', 'origin', '--delete', 'main');
    git('fetch', '--quiet', '--prune', 'origin');
    const { steps, comments } = await run('pull_request');
    expect(outcomes(steps)).toContain('check / Diff: failure');
    expect(comments).toEqual([]);
  });

  it('has its report and its diff where a model answers otherwise, and is red', async () => {
    const { folder, mlserve, commit, run } = await repository({ ciInit: ['github'] });
    trainAgain(folder);
    setVersion(folder, '1.0.1');
    mlserve('lock');
    commit('trained again');
    const { steps, comments, hasPassed, temp } = await run('pull_request');
    expect(outcomes(steps)).toContain('check / Validate: failure\ncheck / Test: failure\n');
    expect(outcomes(steps)).toContain(
      'check / Diff: success\ncheck / Comment: success\ncheck / Keep the reports: success',
    );
    expect(readFileSync(join(temp, 'junit.xml'), 'utf8')).toContain('<failure');
    expect(comments.map(({ body }) => body)).toEqual([expect.stringMatching(/weights only/i)]);
    expect(hasPassed).toBe(false);
  });

  it('changes its own comment at the next push, and none of another service or person', async () => {
    const others = [
      { id: 1, user: { login: 'github-actions[bot]' }, body: '<!-- mlserve: digits-2 -->\nof another service' },
      { id: 2, user: { login: 'ada' }, body: `${MARK}quoted by a person` },
    ];
    const { folder, mlserve, commit, run } = await repository({ ciInit: ['github'], comments: others });
    changeWeights(folder);
    setVersion(folder, '1.0.1');
    mlserve('lock');
    commit('other weights');
    const first = await run('pull_request');
    expect(failures(first.steps)).toBe('');
    expect(first.comments).toHaveLength(3);
    expect(first.comments[2]?.body).toMatch(/^<!-- mlserve: digits -->\n.*1\.0\.1/s);
    setVersion(folder, '1.1.0');
    mlserve('lock');
    commit('a larger step');
    const second = await run('pull_request');
    expect(second.comments.slice(0, 2)).toEqual(others);
    expect(second.comments).toHaveLength(3);
    expect(second.comments[2]?.body).toMatch(/^<!-- mlserve: digits -->\n.*1\.1\.0/s);
  });

  it('fetches from Git LFS what the branch has there, and asks nothing of it otherwise', async () => {
    const { folder, git, commit, run } = await repository({
      ciInit: ['github'],
      tools: { 'git-lfs': 'echo "asked for: $*"' },
    });
    const without = await run('pull_request');
    expect(failures(without.steps)).toBe('');
    expect(said(without.steps)).toBe('');
    writeFileSync(join(folder, 'digits/.gitattributes'), '*.bin filter=lfs diff=lfs merge=lfs -text\n');
    commit('attributes');
    git('push', '--quiet', 'origin', 'main');
    const { steps } = await run('pull_request');
    expect(failures(steps)).toBe('');
    expect(said(steps)).toBe('asked for: fetch origin origin/main\n');
  });
});

const said = (steps: readonly StepRun[]): string | undefined =>
  steps.find(({ name }) => name === 'Models of the branch in Git LFS')?.output;
