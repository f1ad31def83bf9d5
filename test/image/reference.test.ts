import { describe, expect, it } from 'vitest';
import { readBase } from '../../src/image/base.ts';
import { readPlatforms } from '../../src/image/platform.ts';
import { readReference, readTag, versionTag } from '../../src/image/reference.ts';

const DIGEST = `sha256:${'a'.repeat(64)}`;

describe('the name of an image', () => {
  it.each([
    ['node', 'docker.io', 'library/node', undefined, undefined],
    ['node:24', 'docker.io', 'library/node', '24', undefined],
    ['someone/fraud:1', 'docker.io', 'someone/fraud', '1', undefined],
    ['docker.io/library/node', 'docker.io', 'library/node', undefined, undefined],
    ['localhost/fraud', 'localhost', 'fraud', undefined, undefined],
    ['127.0.0.1:5000/a/b:x', '127.0.0.1:5000', 'a/b', 'x', undefined],
    ['[::1]:5000/a', '[::1]:5000', 'a', undefined, undefined],
    [`ghcr.io/o/p:t@${DIGEST}`, 'ghcr.io', 'o/p', 't', DIGEST],
    [`reg.example.com:443/p@${DIGEST}`, 'reg.example.com:443', 'p', undefined, DIGEST],
  ])('%s is read', (text, registry, repository, tag, digest) => {
    expect(readReference(text)).toMatchObject({ registry, repository, tag, digest });
  });

  it.each([
    '',
    'Fraud',
    'a b',
    'fraud:',
    'fraud:-x',
    'a//b',
    '/a',
    'a/',
    'fraud@sha256:12',
    `a@${DIGEST}@${DIGEST}`,
    `a:${'t'.repeat(129)}`,
    'a'.repeat(256),
    'fraud:été',
    '$(x)',
  ])('"%s" is none', (text) => {
    expect(readReference(text)).toBeUndefined();
    expect(() => readTag(text)).toThrow(expect.objectContaining({ code: 'USAGE', where: '--tag' }));
  });

  it('has the tag latest where none is written, and cannot be given by digest', () => {
    expect(readTag('fraud').tag).toBe('latest');
    expect(() => readTag(`fraud@${DIGEST}`)).toThrow(expect.objectContaining({ code: 'USAGE' }));
  });

  it('takes a version with build metadata, which no tag may hold', () => {
    expect(versionTag('1.2.3-rc.1+build.5')).toBe('1.2.3-rc.1_build.5');
    expect(readTag(`fraud:${versionTag('1.2.3+b')}`).tag).toBe('1.2.3_b');
  });
});

describe('a base image', () => {
  it.each(['node:24-alpine', 'node:24-alpine3.20', 'alpine', 'example.com/team/alpine-node:24', 'node:musl'])(
    '%s is refused for its C library',
    (name) => {
      expect(() => readBase(name, '')).toThrow(
        expect.objectContaining({ code: 'BASE_UNSUITABLE', message: expect.stringContaining('glibc') }),
      );
    },
  );

  it('keeps its tag and its digest', () => {
    expect(readBase(`node:24-bookworm-slim@${DIGEST}`, '')).toEqual({
      name: 'node:24-bookworm-slim',
      digest: DIGEST,
      node: 'node',
    });
  });

  it('has Node outside PATH where it is distroless, and where the setting says', () => {
    expect(readBase('gcr.io/distroless/nodejs24-debian12:nonroot', '').node).toBe('/nodejs/bin/node');
    expect(readBase('mirror.example.com/distroless/nodejs24', '/usr/bin/node').node).toBe('/usr/bin/node');
  });

  it('that is no name is refused', () => {
    expect(() => readBase('No Name', '')).toThrow(expect.objectContaining({ code: 'BASE_UNSUITABLE' }));
  });
});

describe('platforms', () => {
  it('are read, each once, under any of their names', () => {
    expect(readPlatforms('linux/amd64, linux/aarch64,linux/arm64')).toEqual(['linux/amd64', 'linux/arm64']);
  });

  it.each(['windows/amd64', 'linux/arm/v7', '', 'linux'])(
    'that onnxruntime does not exist for are refused: "%s"',
    (text) => {
      expect(() => readPlatforms(text)).toThrow(expect.objectContaining({ code: 'USAGE', where: '--platform' }));
    },
  );
});
