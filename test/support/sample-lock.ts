/** A lock of two models, one of them with a data file. */
import { createHash } from 'node:crypto';
import { createLock } from '../../src/lock/create-lock.ts';
import type { Lock, LockedModel } from '../../src/lock/lock.ts';
import type { Measurement } from '../../src/lock/measurement.ts';
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

/** A model of 2 ms for a row and 8 ms for eight, on one of four processors. */
export function sampleMeasurement({ name, version, digests }: LockedModel): Measurement {
  return {
    name,
    version,
    digest: digests.model,
    runtime: '1.30.0',
    measuredAt: '2026-11-30T12:00:00.000Z',
    machine: { cpu: 'Test CPU', cpus: 4, platform: 'linux/x64' },
    settings: { mode: 'auto', instances: 1, threads: 0, maxRows: 64 },
    engine: { mode: 'worker', threads: 1, batchRows: 8 },
    load: { sessionMs: 150, readyMs: 600 },
    memory: { beforeBytes: 60 * 2 ** 20, loadedBytes: 140 * 2 ** 20, peakBytes: 160 * 2 ** 20 },
    latency: [
      { rows: 1, runs: 500, p50Ms: 2, p99Ms: 2.5 },
      { rows: 8, runs: 125, p50Ms: 8, p99Ms: 9 },
    ],
    bestRows: 8,
    saturation: { rowsPerSecond: 950, cores: 1.04 },
    waitedShare: 0.01,
  };
}
