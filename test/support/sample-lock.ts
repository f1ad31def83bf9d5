/** A lock of two models, one of them with a data file. */
import { createHash } from 'node:crypto';
import { createLock } from '../../src/lock/create-lock.ts';
import type { Lock, LockedModel } from '../../src/lock/lock.ts';
import type { Digest } from '../../src/model/fingerprint.ts';
import { signature, tensor } from './service-builders.ts';

/** The digest of a text. */
export function digestFor(text: string): Digest {
  return `sha256:${createHash('sha256').update(text).digest('hex')}`;
}

export function sampleModel(name: string): LockedModel {
  return {
    name,
    version: '1.0.0',
    path: `models/${name}.onnx`,
    digests: {
      model: digestFor(`${name} model`),
      graph: digestFor(`${name} graph`),
      weights: digestFor(`${name} weights`),
      signature: digestFor(`${name} signature`),
    },
    files: [
      { path: `${name}.onnx`, bytes: 10, digest: digestFor(`${name} file`) },
      { path: `${name}.data`, bytes: 2 ** 40, digest: digestFor(`${name} data`) },
    ],
    signature: signature([tensor('x', 'float32', [null, 'C', 4])], [
      tensor('y', 'int64', null),
      { kind: 'sequence', name: 'z', description: 'sequence(map(int64, float32))' },
    ] as never),
    schema: digestFor(`${name} schema`),
  };
}

export function sampleLock(): Lock {
  return createLock({
    service: { name: 'fraud', version: '1.0.0' },
    runtimeVersion: '1.30.0',
    models: [sampleModel('a'), sampleModel('b')],
  });
}
