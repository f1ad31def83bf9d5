/** The comment of the workflow by GitHub's own CLI, against an API of the test's own. */
import { expect, it } from 'vitest';
import { describeWithGh, type GithubScript, githubApi } from './github-api.ts';
import { changeWeights, failures, outcomes, repository, setVersion, TOKEN } from './repository.ts';

const MARK = '<!-- mlserve: digits -->\n';
const COMMENTS = 'api.github.com/repos/team/digits/issues/7/comments';

/** The branch that ships has version 1.0.0, and the request other weights as 1.0.1. */
async function request(script: Partial<GithubScript> = {}) {
  const github = await githubApi({ token: TOKEN, ...script });
  const all = await repository({ ciInit: ['github'], github });
  const push = (version: string): void => {
    setVersion(all.folder, version);
    all.mlserve('lock');
    all.commit(`version ${version}`);
  };
  changeWeights(all.folder);
  push('1.0.1');
  return { ...all, github, push };
}

describeWithGh('a pull request, commented on by the real gh', () => {
  it('has one comment, which the next push changes', async () => {
    const { github, run, push } = await request();
    expect(failures((await run('pull_request')).steps)).toBe('');
    expect(github.comments().map(({ body }) => body)).toEqual([
      expect.stringMatching(/^<!-- mlserve: digits -->\n.*1\.0\.1/s),
    ]);
    push('1.1.0');
    const { steps, comments } = await run('pull_request');
    expect(failures(steps)).toBe('');
    expect(comments.map(({ body }) => body)).toEqual([expect.stringMatching(/^<!-- mlserve: digits -->\n.*1\.1\.0/s)]);
    const list = `GET ${COMMENTS}?per_page=100`;
    const change = `PATCH api.github.com/repos/team/digits/issues/comments/1000`;
    expect(github.requests).toEqual([list, `POST ${COMMENTS}`, list, change]);
  });

  it('finds its own comment behind a hundred others, and leaves what only looks like it', async () => {
    const others = Array.from({ length: 120 }, (_, at) => ({ id: at, user: { login: 'ada' }, body: `${MARK}${at}` }));
    const ours = { id: 500, user: { login: 'github-actions[bot]' }, body: `${MARK}of an earlier push` };
    const { github, run } = await request({ comments: [...others, ours] });
    const { steps, comments } = await run('pull_request');
    expect(failures(steps)).toBe('');
    expect(github.requests.filter((each) => each.startsWith('GET'))).toHaveLength(2);
    expect(comments.slice(0, -1)).toEqual(others);
    expect(comments.at(-1)).toMatchObject({ id: 500, body: expect.stringContaining('1.0.1') });
  });

  it('is red, and says what GitHub says, where the token may not write', async () => {
    const { run } = await request({ mayWrite: false });
    const { steps, comments } = await run('pull_request');
    expect(outcomes(steps)).toContain('check / Diff: success\ncheck / Comment: failure\n');
    expect(failures(steps)).toContain('Resource not accessible by integration');
    expect(comments).toEqual([]);
  });
});
