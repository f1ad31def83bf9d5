/** What `serve` prints when it is ready, and which body it offers to try. */
import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import type { Project } from '../../src/commands/project.ts';
import { type Announcement, renderServe, shellQuote } from '../../src/commands/render-serve.ts';
import { workingRequest } from '../../src/commands/working-request.ts';
import { realFiles } from '../../src/io/files.ts';
import type { Io } from '../../src/ports.ts';
import type { Handler, Request, ServedModel } from '../../src/server/contract.ts';
import { compileFeatures } from '../../src/service/compile-features.ts';
import { resolve } from '../../src/service/resolve.ts';
import type { WrittenModel } from '../../src/service/written.ts';
import { tempFolder } from '../support/temp.ts';

const DIGEST = `sha256:${'ab'.repeat(32)}` as const;

function announce(more: Partial<Announcement> = {}, written: WrittenModel = {}): Announcement {
  const models = [{ name: 'm', path: 'm.onnx', ...written }];
  const { spec } = resolve({ written: { name: 'svc', version: '1.0.0', models }, env: {}, flags: {} });
  const [model] = spec.models;
  if (model === undefined) throw new Error('no model');
  const fingerprint = { model: DIGEST, graph: DIGEST, weights: DIGEST, signature: DIGEST };
  const signature = {
    inputs: [{ kind: 'tensor', name: 'x', elementType: 'float32', shape: ['N', 2] }],
    defaultedInputs: [],
    outputs: [],
  } as const;
  const features = model.features && compileFeatures(model.features, signature);
  const served: ServedModel = {
    key: 'm@1',
    spec: model,
    fingerprint,
    signature,
    features,
    outputs: { wanted: [], members: [], decode: () => [] },
  };
  const asks = { tls: false, certificate: false, key: false };
  return {
    url: 'http://127.0.0.1:1',
    grpc: undefined,
    asks,
    spec,
    models: [served],
    statuses: [],
    body: '{}',
    ...more,
  };
}

describe('the announcement', () => {
  it('names the service, each model with version, digest and placement, and a command line', () => {
    const placement = { mode: 'inline', p95Ms: 0.0213, rows: 64 } as const;
    const statuses = [
      {
        ...{ key: 'm@1', name: 'm', version: '1.0.0', queueLimit: 64 },
        state: 'ready',
        reason: undefined,
        placement,
        batching: { maxRows: 64, reason: undefined, doubles: false, runMs: 0.02 },
        queuedRows: 0,
      } as const,
    ];
    expect(renderServe(announce({ statuses, body: '{"a":"it\'s"}' }))).toBe(
      `svc 1.0.0 is ready on http://127.0.0.1:1
  m 1.0.0  ${DIGEST}
    engine: inline (p95 0.02 ms for 64 rows), up to 64 rows a batch
docs: http://127.0.0.1:1/docs
try:
  curl -s http://127.0.0.1:1/predict -H 'content-type: application/json' -d '{"a":"it'\\''s"}'
`,
    );
  });

  it('offers the metadata when no short request is known', () => {
    expect(renderServe(announce({ body: undefined }))).toContain('curl -s http://127.0.0.1:1/v2/models/m\n');
  });

  it('says what callers are asked for', () => {
    const asks = { tls: true, certificate: true, key: true };
    const text = renderServe(announce({ url: 'https://127.0.0.1:1', asks, body: '{}' }));
    expect(text).toContain(
      'curl -sk --cert FILE --key FILE -H "x-api-key: $MLSERVE_API_KEY" https://127.0.0.1:1/predict',
    );
  });

  it('shows a body with control characters as JSON that means the same', () => {
    const text = renderServe(announce({ body: JSON.stringify({ city: 'a\u009b1A\u202eb' }) }));
    expect(text).toContain(`-d '{"city":"a\\u009b1A\\u202eb"}'`);
  });

  it('quotes for the shell', () => {
    const text = `a'b"c $HOME \\ \`x\`\n{}`;
    expect(execFileSync('sh', ['-c', `printf %s ${shellQuote(text)}`], { encoding: 'utf8' })).toBe(text);
  });
});

describe('the request to try', () => {
  /** A handler that answers what `accepts` says; everything it was asked is kept. */
  const handlerOf = (accepts: (body: string) => boolean): Handler & { readonly asked: string[] } => {
    const asked: string[] = [];
    return {
      asked,
      handle: async ({ body }: Request) => {
        asked.push(new TextDecoder().decode(body));
        return { status: accepts(asked.at(-1) ?? '') ? 200 : 422, headers: {}, body: '' };
      },
      admit: () => ({ maxBytes: 1 }),
      refuse: () => ({ status: 500, headers: {}, body: '' }),
      drain: () => {},
    };
  };

  async function offered(
    written: WrittenModel,
    accepts: (body: string) => boolean,
    files: Record<string, string> = {},
  ) {
    const dir = await tempFolder();
    const io = { files: realFiles(dir) } as Io;
    for (const [path, text] of Object.entries(files)) await io.files.writeAtomic(path, text);
    const { spec, models } = announce({}, written);
    const [model] = models;
    const project: Project = { dir, spec, lock: undefined };
    const handler = handlerOf(accepts);
    return { body: model && (await workingRequest(project, model, handler, io)), asked: handler.asked };
  }

  it('is the first golden example that is answered', async () => {
    const example = (id: number): string => JSON.stringify({ request: { instances: [[id, 0]] }, response: {} });
    const files = { 'examples/a.json': example(1), 'examples/b.json': example(2), 'examples/c.json': 'not JSON' };
    const { body } = await offered({ examples: 'examples/*.json' }, (text) => text.includes('[2,0]'), files);
    expect(body).toBe('{"instances":[[2,0]]}');
  });

  it('is made of zeros for raw tensors, and of values within bounds for features', async () => {
    expect((await offered({}, () => true)).body).toBe('{"inputs":{"x":[[0,0]]}}');
    const columns = [
      { name: 'age', type: 'integer', min: 17.5, max: 99 },
      { name: 'change', type: 'number', max: -2 },
    ] as const;
    const { body } = await offered({ features: { input: 'x', columns } }, () => true);
    expect(body).toBe('{"instances":[{"age":18,"change":-2}]}');
  });

  it('is none when nothing is answered, or when the answered is too long to type', async () => {
    const none = await offered({}, () => false);
    expect(none.body).toBeUndefined();
    expect(none.asked).toHaveLength(1);
    const long = JSON.stringify({ request: { instances: [['x'.repeat(2000)]] } });
    const { body } = await offered({ examples: 'long.json' }, (text) => text.length > 1500, { 'long.json': long });
    expect(body).toBeUndefined();
  });
});
