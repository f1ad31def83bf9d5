/** What a failing model and broken requests make a service say: to the client nothing of its inside, to the log everything. */
import { copyFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fixturePath } from '../support/fixtures.ts';
import { startServer } from '../support/served.ts';
import { tempFolder } from '../support/temp.ts';

/** Paths, stacks, names of the runtime's parts, and what it says of nodes. */
const INSIDE =
  /onnxruntime|node_modules|\.ts\b|\.js:| {4}at |\/tmp|\/home|\/work|Gather|Status Message|Non-zero|indices/i;

const raw = (port: number, bytes: string): Promise<string> =>
  new Promise((done) => {
    let text = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes)).on('error', () => {});
    socket.setEncoding('latin1').on('data', (chunk) => (text += chunk));
    socket.on('close', () => done(text));
  });

describe('a model that fails at every run', () => {
  it('is a 500 without its words, on every protocol, and the log has them under the request id', async () => {
    const dir = await tempFolder();
    await copyFile(fixturePath('hostile/run-fails'), join(dir, 'model.onnx'));
    const served = await startServer(dir, ['model.onnx', '--log-format', 'json']);
    const ask = async (path: string, body: string) => {
      const answer = await fetch(served.url + path, { method: 'POST', body });
      const headers = [...answer.headers].map(([name, value]) => `${name}: ${value}`).join('\n');
      return {
        status: answer.status,
        id: answer.headers.get('x-request-id') ?? '',
        text: `${headers}\n${await answer.text()}`,
      };
    };
    const v2 = '{"inputs":[{"name":"X","datatype":"FP32","shape":[1,1],"data":[1]}]}';
    const failures = [await ask('/predict', '{"inputs":{"X":[[1]]}}'), await ask('/v2/models/model/infer', v2)];
    for (const { status, text } of failures) {
      expect(status).toBe(500);
      expect(text).not.toMatch(INSIDE);
    }
    for (const { id } of failures) {
      await expect.poll(served.log).toMatch(new RegExp(`"level":"error".*${id}.*Gather|Gather.*${id}`));
    }
    expect(await served.stop()).toBe(0);
  });

  it('has no banner on any answer, nor do answers to what is no request', async () => {
    const served = await startServer(await tempFolder(), [fixturePath('real/iris')]);
    const port = Number(new URL(served.url).port);
    const get = (path: string) => raw(port, `GET ${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`);
    const answers = [
      ...(await Promise.all(['/', '/livez', '/readyz', '/metrics', '/v2', '/nowhere', '/%'].map(get))),
      await raw(port, 'nonsense\r\n\r\n'),
      await raw(port, 'GET / HTTP/1.1\r\n\r\n'),
      await raw(port, 'CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n'),
    ];
    for (const text of answers) {
      const [head = ''] = text.split('\r\n\r\n');
      expect(head).toMatch(/^HTTP\/1\.1 \d{3} /);
      expect(head).not.toMatch(/^(server|x-powered-by|via):/im);
      expect(head).toMatch(/^X-Content-Type-Options: nosniff$/m);
    }
    expect(await served.stop()).toBe(0);
  });
});
