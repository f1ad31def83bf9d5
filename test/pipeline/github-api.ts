/** Comments of pull request 7 of team/digits → GitHub's API for them, at a socket that the real gh is told of by its configuration. */
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, onTestFinished } from 'vitest';
import { tempFolder } from '../support/temp.ts';
import type { Comment } from './repository.ts';

export interface GithubApi {
  /** With these gh asks this server. */
  readonly env: Readonly<Record<string, string>>;
  readonly requests: readonly string[];
  comments(): readonly Comment[];
}

export interface GithubScript {
  readonly token: string;
  readonly comments?: readonly Comment[];
  /** What the token may do; else GitHub refuses it with 403. */
  readonly mayWrite?: boolean;
}

const LIST = '/repos/team/digits/issues/7/comments';
const ONE = /^\/repos\/team\/digits\/issues\/comments\/(\d+)$/;

/** Says that it was skipped where there is no gh. */
export function describeWithGh(name: string, body: () => void): void {
  const isThere = spawnSync('gh', ['--version']).status === 0;
  describe.skipIf(!isThere)(isThere ? name : `${name} (skipped: no gh)`, { timeout: 120_000 }, body);
}

export async function githubApi({ token, comments = [], mayWrite = true }: GithubScript): Promise<GithubApi> {
  const folder = await tempFolder();
  const socket = join(folder, 'socket');
  writeFileSync(join(folder, 'config.yml'), `http_unix_socket: ${socket}\n`);
  const held = comments.map((each) => ({ ...each }));
  const requests: string[] = [];

  const list = (url: URL, response: ServerResponse): void => {
    const [size, page] = [Number(url.searchParams.get('per_page')), Number(url.searchParams.get('page') ?? 1)];
    const end = page * size;
    const next = `<https://api.github.com${LIST}?per_page=${size}&page=${page + 1}>; rel="next"`;
    answer(response, 200, held.slice(end - size, end), end < held.length ? { link: next } : {});
  };
  const write = async (request: IncomingMessage, response: ServerResponse, id?: number): Promise<void> => {
    const { body } = JSON.parse(await text(request)) as { body: string };
    if (!mayWrite) return answer(response, 403, { message: 'Resource not accessible by integration' });
    if (id === undefined) {
      const made = { id: 1000 + held.length, user: { login: 'github-actions[bot]' }, body };
      held.push(made);
      return answer(response, 201, made);
    }
    const found = held.find((each) => each.id === id);
    if (found === undefined) return answer(response, 404, { message: 'Not Found' });
    Object.assign(found, { body });
    answer(response, 200, found);
  };
  const server = createServer((request, response) => {
    const { method = '', headers } = request;
    const url = new URL(request.url ?? '', `http://${headers.host}`);
    requests.push(`${method} ${headers.host}${url.pathname}${url.search}`);
    const one = ONE.exec(url.pathname);
    if (headers.authorization !== `token ${token}`) answer(response, 401, { message: 'Bad credentials' });
    else if (method === 'GET' && url.pathname === LIST) list(url, response);
    else if (method === 'POST' && url.pathname === LIST) void write(request, response);
    else if (method === 'PATCH' && one !== null) void write(request, response, Number(one[1]));
    else answer(response, 404, { message: 'Not Found' });
  });
  server.listen(socket);
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { env: { GH_CONFIG_DIR: folder }, requests, comments: () => held };
}

function answer(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers });
  response.end(JSON.stringify(body));
}
