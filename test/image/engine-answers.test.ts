import { createServer } from 'node:http';
import { describe, expect, it, onTestFinished } from 'vitest';
import { buildHint, registryRefused } from '../../src/io/docker/errors.ts';
import { runCli } from '../support/run-cli.ts';
import { tempFolder } from '../support/temp.ts';

/** What answers as an engine does, and refuses everything else with these words. */
async function refusingEngine(status: number, message: string): Promise<string> {
  const server = createServer((request, response) => {
    response.setHeader('api-version', '1.41').setHeader('content-type', 'application/json');
    if (request.url === '/_ping') return void response.end('"OK"');
    if (request.url?.endsWith('/version')) {
      return void response.end(JSON.stringify({ Version: '20.10.24', Os: 'linux', Arch: 'amd64' }));
    }
    response.statusCode = status;
    response.end(JSON.stringify({ message }));
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `tcp://127.0.0.1:${(server.address() as { port: number }).port}`;
}

describe('what an engine refuses', () => {
  it.each([
    [500, 'invalid reference format: repository name must be lowercase', 'see what the engine says'],
    [500, 'write /var/lib/docker/tmp: no space left on device', 'docker system prune'],
  ])('is no bug of ours: %i, %s', async (status, words, hint) => {
    const env = { DOCKER_HOST: await refusingEngine(status, words), DOCKER_CONFIG: '/nonexistent' };
    const run = await runCli(['inspect', 'Team/iris:1'], { cwd: await tempFolder(), env });
    expect(run).toMatchObject({ code: 2, stderr: expect.stringContaining(`the container engine refuses: ${words} [`) });
    expect(run.stderr).toContain('[ENGINE_REFUSED]');
    expect(run.stderr).toContain(hint);
  });

  it('is not taken for a fault of the registry behind it, of which its own status says nothing', () => {
    const words = '(HTTP code 500) server error - Get "https://registry-1.docker.io/v2/": dial tcp: no such host ';
    const { message, hint } = registryRefused(new Error(words), 'node:24 cannot be pulled', 'docker.io');
    expect(message).toBe('node:24 cannot be pulled: Get "https://registry-1.docker.io/v2/": dial tcp: no such host');
    expect(hint).toContain('can be reached');
  });

  it.each([
    ['Error loading shared library ld-linux-x86-64.so.2: No such file or directory (needed by libonnxruntime.so.1)'],
    ["/lib/x86_64-linux-gnu/libc.so.6: version `GLIBC_2.28' not found (required by libonnxruntime.so.1)"],
    ["libstdc++.so.6: version `GLIBCXX_3.4.25' not found"],
  ])('tells of a base whose name does not say that it has no fitting glibc: %s', (output) => {
    expect(buildHint('the command returned a non-zero code: 2', output)).toContain('glibc');
  });
});
