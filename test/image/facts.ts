/** A service with two models, as the plan of an image takes it. */
import type { PlanFacts } from '../../src/image/image-plan.ts';
import type { Lock } from '../../src/lock/lock.ts';
import type { ServiceSpec } from '../../src/service/spec.ts';
import { digestFor, sampleLock } from '../support/sample-lock.ts';
import { modelSettings, serviceSettings } from '../support/service-settings.ts';

const DIGEST = `sha256:${'b'.repeat(64)}`;

export function sampleSpec(image: Partial<ServiceSpec['image']> = {}): ServiceSpec {
  const model = { version: '1.0.0', features: undefined, outputs: [], examples: [], ...modelSettings() };
  return {
    name: 'fraud',
    version: '1.0.0',
    models: ['a', 'b'].map((name) => ({ ...model, name, path: `models/${name}.onnx` })),
    ...serviceSettings({ image, server: { grpcPort: 8081 } }),
  };
}

export function sampleFacts(given: Partial<PlanFacts> = {}): PlanFacts {
  const spec = given.spec ?? sampleSpec();
  const lock: Lock = sampleLock();
  const base = { name: 'node:24-bookworm-slim', digest: DIGEST, node: 'node' };
  const file = (path: string, bytes: number) => ({
    path,
    content: { file: `/somewhere/${path}`, bytes, digest: digestFor(path) },
  });
  return {
    spec,
    lock,
    lockDigest: digestFor('lock'),
    openapi: digestFor('openapi'),
    mlserveVersion: '9.9.9',
    base,
    buildBase: base,
    platform: 'linux/amd64',
    buildPlatform: undefined,
    revision: {
      revision: 'c'.repeat(40),
      source: 'https://example.com/fraud.git',
      isDirty: false,
      committedAt: 1_700_000_000,
    },
    createdAt: 1_700_000_000,
    packages: [
      { name: 'mlserve', version: '9.9.9', license: 'Apache-2.0', integrity: '' },
      {
        name: '@scope/part',
        version: '1.2.3',
        license: '(MIT OR Apache-2.0)',
        integrity: `sha512-${Buffer.alloc(64, 7).toString('base64')}`,
      },
    ],
    parts: {
      runtime: [file('app/vendor/onnxruntime-node/libonnxruntime.so.1', 45_000_000)],
      runtimeDigests: [{ path: '/app/vendor/onnxruntime-node/libonnxruntime.so.1', sha256: 'd'.repeat(64) }],
      server: [file('app/dist/io/server.js', 1_000_000)],
      models: lock.models.map(({ name, version, files }) => ({
        name,
        version,
        files: files.map(({ path, bytes }) => file(`models/${name}/${version}/${path}`, bytes)),
      })),
      config: 'name: fraud\n',
      lock: '{}\n',
    },
    ...given,
  };
}
