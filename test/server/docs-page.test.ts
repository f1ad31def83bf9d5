import { readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { readPageFile } from '../../src/io/page-files.ts';
import { identity } from '../support/fake-engine.ts';
import { tempFolder } from '../support/temp.ts';
import { handlerOf, tensorValue } from './support.ts';

const MODEL = {
  name: 'm',
  compute: identity,
  signature: {
    inputs: [tensorValue('INPUT0', 'float32', ['N'])],
    defaultedInputs: [],
    outputs: [tensorValue('OUTPUT0', 'float32', ['N'])],
  },
};
const { send } = handlerOf([MODEL], {}, { pageFile: (name) => readPageFile(name) });

describe('/docs', () => {
  it('is a page whose policy lets it load from this service alone', async () => {
    const { status, headers, body } = await send('GET', '/docs');
    expect([status, headers['Content-Type']]).toEqual([200, 'text/html; charset=utf-8']);
    const policy = headers['Content-Security-Policy'] ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toMatch(/unsafe|https?:|\*/);
    expect(String(body)).not.toMatch(/https?:|<style|<script>/);
  });

  it('refers to files that are there, each of its type', async () => {
    const page = String((await send('GET', '/docs')).body);
    const files = [...page.matchAll(/(?:src|href)="(docs\/[^"]+)"/g)].map(([, path]) => path ?? '');
    expect(files).toHaveLength(3);
    for (const path of files) {
      const { status, headers, body } = await send('GET', `/${path}`);
      expect(status).toBe(200);
      expect(headers['Content-Type']).toBe(`text/${path.endsWith('.css') ? 'css' : 'javascript'}; charset=utf-8`);
      expect(body.length).toBeGreaterThan(100);
    }
  });

  it('answers 404 where the files are not installed', async () => {
    const bare = handlerOf([MODEL]);
    for (const path of ['/docs', '/docs/swagger-ui.css', '/docs/swagger-ui-bundle.js']) {
      expect((await bare.json('GET', path)).status).toBe(404);
    }
    expect(await readPageFile('no-such-file.js')).toBeUndefined();
  });

  it('reads the files of the package before those of a checkout', async () => {
    const root = await tempFolder();
    await mkdir(join(root, 'vendor/swagger-ui'), { recursive: true });
    await writeFile(join(root, 'vendor/swagger-ui/swagger-ui.css.gz'), gzipSync('packed é'));
    expect(await readPageFile('swagger-ui.css', root)).toBe('packed é');
  });

  it('has the licences of the version that is installed', () => {
    const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
    const { version } = JSON.parse(read('node_modules/swagger-ui-dist/package.json'));
    expect(read('third_party/swagger-ui/README.md')).toContain(`Swagger UI ${version}`);
    for (const name of ['LICENSE', 'NOTICE', 'swagger-ui-bundle.js.LICENSE.txt']) {
      expect(read(`third_party/swagger-ui/${name}`)).toBe(read(`node_modules/swagger-ui-dist/${name}`));
    }
  });
});

describe('/openapi.json', () => {
  it('is the document of what is served', async () => {
    const { status, headers, body } = await send('GET', '/openapi.json');
    expect([status, headers['Content-Type']]).toEqual([200, 'application/json']);
    const document = JSON.parse(String(body));
    expect(document).toMatchObject({ openapi: '3.1.0', info: { title: 'tests', version: '1.4.0' } });
    expect(Object.keys(document.components.schemas)).toContain('m.PredictRequest');
  });

  it('changes with the models', async () => {
    const under = handlerOf([MODEL]);
    const other = handlerOf([{ ...MODEL, name: 'other' }]);
    const names = async () => {
      const { body } = await under.handler.handle({
        method: 'GET',
        target: '/openapi.json',
        headers: {},
        body: new Uint8Array(),
        signal: new AbortController().signal,
      });
      const { paths } = JSON.parse(String(body));
      return paths['/models/{model}/predict'].post.parameters[0].schema.enum;
    };
    expect(await names()).toEqual(['m']);
    under.handler.replace(other.served);
    expect(await names()).toEqual(['other']);
  });
});
