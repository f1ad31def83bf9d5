import { describe, expect, it } from 'vitest';
import { doubleQuoted } from '../../src/image/dockerfile.ts';
import { planImage } from '../../src/image/image-plan.ts';
import { readLabels } from '../../src/image/labels.ts';
import { plannedSize, refuseLargeImage, sizeReport } from '../../src/image/size-report.ts';
import { sampleFacts, sampleSpec } from './facts.ts';

describe('the Dockerfile', () => {
  it('of a service with two models', async () => {
    await expect(planImage(sampleFacts()).dockerfile).toMatchFileSnapshot('snapshots/two-models.Dockerfile');
  });

  it('of an image for another processor than the one that builds', async () => {
    const { base } = sampleFacts();
    const arm = { ...base, digest: `sha256:${'e'.repeat(64)}` };
    const facts = sampleFacts({ base: arm, platform: 'linux/arm64', buildPlatform: 'linux/amd64' });
    await expect(planImage(facts).dockerfile).toMatchFileSnapshot('snapshots/foreign.Dockerfile');
  });

  it('of a distroless base, by the full path of its Node', async () => {
    const base = { name: 'gcr.io/distroless/nodejs24-debian12:nonroot', digest: undefined, node: '/nodejs/bin/node' };
    await expect(planImage(sampleFacts({ base, buildBase: base })).dockerfile).toMatchFileSnapshot(
      'snapshots/distroless.Dockerfile',
    );
  });

  it('has no syntax line, no shell, no variable and nothing that only one of the builders knows', () => {
    const { dockerfile } = planImage(sampleFacts());
    expect(dockerfile).not.toMatch(/^# *syntax=|--link|--mount|--chmod|<<|^ADD|\$\{?\w/m);
    for (const [, command] of dockerfile.matchAll(/^(?:RUN|ENTRYPOINT|CMD) (.*)$/gm))
      expect(Array.isArray(JSON.parse(command ?? ''))).toBe(true);
  });

  it('keeps a value as it is between double quotes, on one line', () => {
    expect(doubleQuoted('a "b" $HOME \\ c\nd')).toBe('"a \\"b\\" \\$HOME \\\\ c d"');
  });
});

describe('the plan', () => {
  it('has a layer for each model by itself, between what changes rarely and what changes often', () => {
    expect(planImage(sampleFacts()).layers.map(({ name }) => name)).toEqual([
      'runtime',
      'server',
      'a@1.0.0',
      'b@1.0.0',
      'service',
    ]);
  });

  it('is the same for the same facts', () => {
    expect(planImage(sampleFacts())).toEqual(planImage(sampleFacts()));
  });

  it('changes one layer when the configuration changes', () => {
    const before = planImage(sampleFacts());
    const facts = sampleFacts();
    const after = planImage({ ...facts, parts: { ...facts.parts, config: 'name: other\n' } });
    const changed = after.layers.filter((layer, at) => JSON.stringify(layer) !== JSON.stringify(before.layers[at]));
    expect(changed.map(({ name }) => name)).toEqual(['service']);
  });
});

describe('the labels', () => {
  it('tell all that is known, and read back to the same', () => {
    const { labels } = planImage(sampleFacts({ spec: sampleSpec({ licenses: 'MIT', vendor: 'A "B" $C' }) }));
    expect(labels).toMatchObject({
      'org.opencontainers.image.title': 'fraud',
      'org.opencontainers.image.version': '1.0.0',
      'org.opencontainers.image.created': '2023-11-14T22:13:20Z',
      'org.opencontainers.image.revision': 'c'.repeat(40),
      'org.opencontainers.image.source': 'https://example.com/fraud.git',
      'org.opencontainers.image.licenses': 'MIT',
      'org.opencontainers.image.vendor': 'A "B" $C',
      'org.opencontainers.image.base.name': 'node:24-bookworm-slim',
      'org.opencontainers.image.base.digest': `sha256:${'b'.repeat(64)}`,
      'dev.mlserve.version': '9.9.9',
      'dev.mlserve.runtime': 'onnxruntime-node 1.30.0',
      'dev.mlserve.model.name': 'a',
    });
    const { lock } = sampleFacts();
    const read = readLabels(labels);
    expect(read?.models).toEqual(lock.models.map(({ name, version, digests }) => ({ name, version, digests })));
    expect(read?.signature).toEqual(JSON.parse(JSON.stringify(lock.models[0]?.signature)));
    expect(read?.lock).toBe(sampleFacts().lockDigest);
  });

  it('leave out what nobody knows', () => {
    const facts = sampleFacts({
      revision: undefined,
      createdAt: undefined,
      base: { name: 'node:24', digest: undefined, node: 'node' },
    });
    const names = Object.keys(planImage(facts).labels);
    for (const name of ['created', 'revision', 'source', 'base.digest', 'licenses']) {
      expect(names).not.toContain(`org.opencontainers.image.${name}`);
    }
  });

  it('of an image that mlserve did not make say nothing', () => {
    expect(readLabels({})).toBeUndefined();
    expect(readLabels({ 'dev.mlserve.version': '1', 'dev.mlserve.models': 'no JSON' })).toBeUndefined();
    expect(readLabels({ 'dev.mlserve.version': '1', 'dev.mlserve.models': '[{"name":1}]' })).toBeUndefined();
  });
});

describe('the size report', () => {
  const plan = planImage(sampleFacts());
  // Newest first, as engines answer: metadata, then our six layers, then those of the base.
  const bytes = [30, 20, 10, 5, 1_000_000, 45_000_000];
  const history = [
    { createdBy: 'LABEL a=b', bytes: 0 },
    ...bytes.map((each) => ({ createdBy: 'COPY x / # buildkit', bytes: each })),
    { createdBy: '/bin/sh -c #(nop) COPY file:1 in /usr/local/bin/ ', bytes: 388 },
    { createdBy: '', bytes: 200_000_000 },
  ];

  it('says what is in each layer and how much of it the base is', () => {
    const report = sizeReport(history, 300_000_000, plan);
    expect(report.layers.map(({ what, bytes }) => [what, bytes])).toEqual([
      ['onnxruntime for this platform', 45_000_000],
      ['the server', 1_000_000],
      ['compiled code of the server', 5],
      ['model a 1.0.0', 10],
      ['model b 1.0.0', 20],
      ['configuration, lock and SBOM', 30],
    ]);
    expect(report.added).toBe(46_000_065);
    expect(report.base).toBe(300_000_000 - 46_000_065);
    expect(report.layers[0]?.files[0]).toEqual({
      path: '/app/vendor/onnxruntime-node/libonnxruntime.so.1',
      bytes: 45_000_000,
    });
  });

  it('fails above the limit, and says which layer is the largest', () => {
    const report = sizeReport(history, 300_000_000, plan);
    expect(() => refuseLargeImage(report, 46_000_065)).not.toThrow();
    expect(() => refuseLargeImage(report, 0)).not.toThrow();
    expect(() => refuseLargeImage(report, 46_000_064)).toThrow(
      expect.objectContaining({ code: 'IMAGE_TOO_LARGE', where: expect.stringContaining('onnxruntime') }),
    );
  });

  it('knows before the build what the files alone will add', () => {
    expect(plannedSize(plan).added).toBeGreaterThan(2 ** 40);
  });
});
