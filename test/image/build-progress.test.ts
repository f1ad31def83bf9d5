import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type BuildMessage, BuildProgress } from '../../src/image/build-progress.ts';
import { readTrace } from '../../src/image/buildkit-trace.ts';
import { ProtobufError } from '../../src/model/protobuf-error.ts';

/** What Docker 20.10 answered, `-1` with its classic builder and `-2` with BuildKit, and what Podman 4.3 did. */
const answer = (name: string): string => readFileSync(join(import.meta.dirname, 'answers', `${name}.ndjson`), 'utf8');
const messages = (name: string): readonly BuildMessage[] =>
  answer(name)
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as BuildMessage);

function follow(name: string) {
  const progress = new BuildProgress();
  const events = messages(name).flatMap((message) => progress.take(message));
  return { progress, events };
}

interface Vertex {
  readonly digest: string;
  readonly name: string;
  readonly error: string;
  readonly cached: boolean;
}

/** The steps of the same messages by protobufjs and the schema, both of which come with dockerode. */
function stepsBySchema(name: string): readonly (readonly Vertex[])[] {
  const require = createRequire(createRequire(import.meta.url).resolve('dockerode/package.json'));
  const schema = require.resolve('dockerode/lib/proto/buildkit_status.proto');
  const type = require('protobufjs').loadSync(schema).lookupType('moby.buildkit.v1.StatusResponse');
  return messages(name)
    .filter(({ id }) => id === 'moby.buildkit.trace')
    .map(({ aux }) => type.toObject(type.decode(Buffer.from(aux as string, 'base64')), { defaults: true }).vertexes);
}

describe('a message of BuildKit', () => {
  it.each(['built-2', 'failed-2'])('says the same as with the schema of the protocol: %s', (name) => {
    const ours = messages(name)
      .filter(({ id }) => id === 'moby.buildkit.trace')
      .map(({ aux }) => readTrace(Buffer.from(aux as string, 'base64')).steps);
    const theirs = stepsBySchema(name);
    expect(theirs.length).toBeGreaterThan(3);
    expect(ours.map((steps) => steps.map(({ id, name, error, isCached }) => ({ id, name, error, isCached })))).toEqual(
      theirs.map((steps) =>
        steps.map(({ digest, name, error, cached }) => ({ id: digest, name, error, isCached: cached })),
      ),
    );
  });

  it('is read or refused, whatever its bytes are', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        try {
          readTrace(bytes);
        } catch (error) {
          if (!(error instanceof ProtobufError)) throw error;
        }
      }),
    );
  });
});

describe('the progress of a build', () => {
  it.each(['built-1', 'built-2', 'built-podman'])('ends with the id of the image: %s', (name) => {
    const { progress } = follow(name);
    expect(progress.imageId).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(progress.failure).toBeUndefined();
  });

  it('tells each step of BuildKit once, with the time it took', () => {
    const done = follow('built-2').events.filter(({ kind }) => kind === 'done');
    expect(done.map(({ step }) => step)).toEqual(
      expect.arrayContaining([expect.stringContaining('COPY a.txt /'), expect.stringContaining('RUN')]),
    );
    expect(new Set(done.map(({ step }) => step)).size).toBe(done.length);
    expect(done.every((event) => event.kind === 'done' && (event.ms ?? -1) >= 0)).toBe(true);
  });

  it('tells the steps of the classic builder', () => {
    const { events } = follow('built-1');
    expect(events.map(({ step }) => step)).toContain('COPY a.txt /');
  });

  it('tells the steps of Podman by their own words, each once, whether it ran or was there', () => {
    const ended = follow('built-podman').events.filter(({ kind }) => kind !== 'began');
    expect(ended.map(({ kind, step }) => `${kind} ${step}`)).toEqual([
      'done FROM node:24-bookworm-slim AS verify',
      'cached COPY a.txt /',
      'cached RUN ["node", "-e", "console.log(42)"]',
      'done FROM node:24-bookworm-slim AS runtime',
      'done COPY --from=verify a.txt /b.txt',
    ]);
  });

  it.each(['failed-1', 'failed-2', 'failed-podman'])(
    'names the step that failed, and quotes what it printed: %s',
    (name) => {
      const { failure, imageId } = follow(name).progress;
      expect(imageId).toBeUndefined();
      expect(failure?.step).toContain('RUN');
      expect(failure?.output).toBe('one\ntwo: the digest differs');
      expect(failure?.message).toMatch(/exit code: 3|non-zero code: 3|exit status 3/);
    },
  );
});
