import { execFileSync } from 'node:child_process';
import { readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parse } from 'yaml';
import { tempFolder } from '../support/temp.ts';
import { bash } from './bash.ts';
import { changeWeights, type Repository, repository, setVersion, trainAgain } from './repository.ts';

const MARK = '<!-- mlserve: digits -->\n';

interface Note {
  readonly id: number;
  readonly author: { readonly id: number };
  body: string;
}

/** The part of GitLab's API that the pipeline calls, for one merge request; the token is of the user 5. A page has one note, whatever is asked. */
async function gitlab(notes: Note[]): Promise<string> {
  const server = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://gitlab');
    const [, id] = /^\/api\/v4\/projects\/3\/merge_requests\/7\/notes(?:\/(\d+))?$/.exec(pathname) ?? [];
    const text = Buffer.concat(await request.toArray()).toString();
    const body = new URLSearchParams(text).get('body') ?? '';
    const note = notes.find((each) => each.id === Number(id));
    const answer = (status: number, value: unknown): void => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
    };
    if (request.headers['private-token'] !== 'secret') return answer(401, { message: '401 Unauthorized' });
    if (pathname === '/api/v4/user') return answer(200, { id: 5, username: 'bot' });
    if (request.method === 'GET') return answer(200, notes.slice(Number(searchParams.get('page')) - 1).slice(0, 1));
    if (request.method === 'PUT' && note?.author.id === 5) return answer(200, Object.assign(note, { body }));
    if (request.method !== 'POST' || id !== undefined) return answer(403, { message: '403 Forbidden' });
    notes.push({ id: 100 + notes.length, author: { id: 5 }, body });
    answer(201, notes.at(-1));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v4`;
}

/** One job of the written pipeline, as a runner starts it: what comes before each script, then its lines. */
function runJob({ folder, env }: Repository, job: string, variables: Readonly<Record<string, string>>) {
  const pipeline = parse(readFileSync(join(folder, '.gitlab-ci.yml'), 'utf8'));
  const script = [...pipeline.default.before_script, ...pipeline[job].script].join('\n');
  return bash(script, {
    cwd: folder,
    env: { ...env, CI_PROJECT_DIR: folder, CLI: 'mlserve', NO_PROXY: '127.0.0.1', no_proxy: '127.0.0.1', ...variables },
  });
}

const baseOf = ({ git }: Repository, revision: string): Readonly<Record<string, string>> => ({
  CI_MERGE_REQUEST_DIFF_BASE_SHA: git('rev-parse', revision).trim(),
});

describe('the jobs of a merge request, as GitLab would run them', { timeout: 120_000 }, () => {
  it('say of a request that adds the service that there is nothing to compare, and of a base that is not there that it is not', async () => {
    const repo = await repository({ ciInit: ['gitlab'] });
    const base = baseOf(repo, 'empty');
    const { code, output } = await runJob(repo, 'diff', base);
    expect(code).toBe(0);
    expect(output).toContain(
      `digits is a new service: ${base.CI_MERGE_REQUEST_DIFF_BASE_SHA} has no digits/mlserve.yaml, so there is nothing to compare.`,
    );
    const lost = await runJob(repo, 'diff', { CI_MERGE_REQUEST_DIFF_BASE_SHA: 'f'.repeat(40) });
    expect(lost.code).not.toBe(0);
  });

  it('test a model that answers otherwise too, so that its report is there, and are red', async () => {
    const repo = await repository({ ciInit: ['gitlab'] });
    trainAgain(repo.folder);
    repo.mlserve('lock');
    const { code } = await runJob(repo, 'check', {});
    expect(code).toBe(1);
    expect(readFileSync(join(repo.folder, 'junit.xml'), 'utf8')).toContain('<failure');
  });

  it('change their own note at the next push, on whatever page it is, and none of another service or person', async () => {
    const others = [
      { id: 1, author: { id: 5 }, body: '<!-- mlserve: digits-2 -->\nof another service' },
      { id: 2, author: { id: 9 }, body: `${MARK}quoted by a person` },
    ];
    const notes = structuredClone(others);
    const repo = await repository({ ciInit: ['gitlab'] });
    const request = {
      ...baseOf(repo, 'HEAD'),
      ...{ CI_API_V4_URL: await gitlab(notes), CI_PROJECT_ID: '3', CI_MERGE_REQUEST_IID: '7', COMMENT_TOKEN: 'secret' },
    };
    changeWeights(repo.folder);
    repo.mlserve('lock');
    const tooSmall = await runJob(repo, 'diff', request);
    expect(tooSmall.code).toBe(1);
    expect(notes).toHaveLength(3);
    expect(notes[2]?.body).toMatch(/^<!-- mlserve: digits -->\n.*weights only/is);
    setVersion(repo.folder, '1.0.1');
    repo.mlserve('lock');
    const patched = await runJob(repo, 'diff', request);
    expect(patched.code, patched.output).toBe(0);
    expect(notes.slice(0, 2)).toEqual(others);
    expect(notes).toHaveLength(3);
    expect(notes[2]?.body).toMatch(/^<!-- mlserve: digits -->\n.*1\.0\.1/s);
  });
});

describe('the deploy job, as GitLab would run it', () => {
  const pipelineWith = async (...tools: readonly string[]) => {
    const repo = await repository({ ciInit: ['gitlab'] });
    const bin = await tempFolder();
    for (const tool of ['npm', 'mlserve', ...tools]) {
      writeFileSync(join(bin, tool), `#!/bin/sh\necho ${tool} "$@"\n`, { mode: 0o755 });
    }
    symlinkSync(execFileSync('sh', ['-c', 'command -v bash'], { encoding: 'utf8' }).trim(), join(bin, 'bash'));
    const variables = { PATH: bin, DEPLOY_IMAGE: 'node:24-bookworm' };
    return (more: Readonly<Record<string, string>>) => runJob(repo, 'deploy', { ...variables, ...more });
  };

  it('asks nothing of a cluster without a kubeconfig', async () => {
    const run = await pipelineWith();
    const { code, output } = await run({ KUBECONFIG: '' });
    expect(code).toBe(0);
    expect(output).toMatch(/^mlserve deploy .* --dry-run$/m);
    expect(output).not.toContain('--diff');
  });

  it('says which variable names an image with kubectl where there is a kubeconfig without it', async () => {
    const run = await pipelineWith();
    const { code, output } = await run({ KUBECONFIG: '/kubeconfig' });
    expect(code).toBe(2);
    expect(output).toContain(
      'node:24-bookworm has no kubectl: name an image with Node 24 and kubectl in the variable DEPLOY_IMAGE',
    );
    expect(output).not.toContain('--diff');
  });

  it('compares with the cluster where kubectl is there', async () => {
    const run = await pipelineWith('kubectl');
    const { code, output } = await run({ KUBECONFIG: '/kubeconfig' });
    expect(code).toBe(0);
    expect(output).toMatch(/^mlserve deploy --env staging --build .*build\.json --diff$/m);
  });
});
