import { describe, expect, it } from 'vitest';
import type { DeploymentFacts } from '../../src/manifests/deployment-facts.ts';
import { deriveNumbers } from '../../src/manifests/numbers.ts';
import type { DeploySpec } from '../../src/service/deploy-spec.ts';
import type { ServiceSpec } from '../../src/service/spec.ts';
import { projectFacts } from '../support/projects.ts';

const MIB = 2 ** 20;
const iris = await projectFacts('plain/iris');

interface Given {
  readonly bytes?: number;
  readonly engine?: Partial<ServiceSpec['engine']>;
  readonly deploy?: Partial<DeploySpec>;
  readonly drain?: ServiceSpec['drain'];
  readonly queueBytes?: number;
  readonly environment?: DeploymentFacts['environment'];
}

/** The numbers of iris, but for what is given. */
function numbers({ bytes, engine, deploy, drain, queueBytes, environment = 'prod' }: Given = {}) {
  const { spec, lock } = iris;
  const [model] = spec.models;
  const [locked] = lock.models;
  if (model === undefined || locked === undefined) throw new Error('iris has a model');
  const [file] = locked.files;
  return deriveNumbers({
    ...iris,
    environment,
    namespace: 'iris',
    spec: {
      ...spec,
      models: [{ ...model, engine: { ...model.engine, ...engine } }],
      deploy: { ...spec.deploy, ...deploy },
      drain: drain ?? spec.drain,
      limits: { ...spec.limits, queueBytes: queueBytes ?? spec.limits.queueBytes },
    },
    lock:
      bytes === undefined || file === undefined
        ? lock
        : { ...lock, models: [{ ...locked, files: [{ ...file, bytes }] }] },
  });
}

describe('memory', () => {
  it('is Node, the bodies that may wait and the model, rounded up to 64 MiB', () => {
    // 192 + 256 + 2.5 × 100 = 698 → 704
    expect(numbers({ bytes: 100 * MIB }).memoryMebibytes.value).toBe(704);
    expect(numbers({ bytes: 100 * MIB, engine: { instances: 3 } }).memoryMebibytes.value).toBe(1216);
    expect(numbers({ bytes: 0, queueBytes: 16 * MIB }).memoryMebibytes.value).toBe(256);
  });

  it('leaves to JavaScript what the rest does not need, so that a full heap is collected before the limit ends the pod', () => {
    const { memoryMebibytes, heapMebibytes } = numbers({ bytes: 100 * MIB });
    expect(heapMebibytes.value).toBe(704 - 64 - 256 - 250);
    expect(heapMebibytes.value).toBeLessThan(memoryMebibytes.value);
    expect(numbers({ deploy: { memoryBytes: 100 * MIB } }).heapMebibytes.value).toBe(128);
  });

  it('is what the file says, where it says something', () => {
    expect(numbers({ deploy: { memoryBytes: 3 * 2 ** 30 } }).memoryMebibytes).toEqual({
      value: 3072,
      why: 'deploy.memoryBytes',
    });
  });
});

describe('CPU', () => {
  it('is a core for each thread, and the limit has one more for the event loop', () => {
    expect(numbers().cpuMillicores.value).toBe(1000);
    expect(numbers().cpuLimit?.value).toBe(2);
    const { cpuMillicores, cpuLimit } = numbers({ engine: { instances: 2, threads: 3 } });
    expect([cpuMillicores.value, cpuLimit?.value]).toEqual([6000, 7]);
  });

  it('is the wanted part of a core, with a limit in whole cores', () => {
    const { cpuMillicores, cpuLimit } = numbers({ deploy: { cpuMillicores: 1500 } });
    expect([cpuMillicores.value, cpuLimit?.value]).toEqual([1500, 3]);
  });

  it('without a limit says how many threads, for the server would count the cores of the node', () => {
    expect(numbers({ deploy: { cpuLimit: 'off' } })).toMatchObject({ cpuLimit: undefined, threads: { value: 1 } });
    expect(numbers({ deploy: { cpuLimit: 'off', cpuMillicores: 4000 } }).threads?.value).toBe(4);
    expect(numbers({ deploy: { cpuLimit: 'off' }, engine: { threads: 2 } }).threads).toBeUndefined();
  });

  it('is little in dev, under the same limit', () => {
    const { cpuMillicores, cpuLimit } = numbers({ environment: 'dev' });
    expect([cpuMillicores.value, cpuLimit?.value]).toEqual([100, 2]);
  });
});

describe('time', () => {
  it('to start grows with the model', () => {
    // 60 s and four times (3 s + 20 ms a MiB).
    expect(numbers({ bytes: 0 }).startupSeconds.value).toBe(72);
    expect(numbers({ bytes: 1000 * MIB }).startupSeconds.value).toBe(152);
    expect(numbers({ deploy: { startupMs: 300_000 } }).startupSeconds.value).toBe(300);
  });

  it('to stop is the delay, the time for requests in flight, and some to end', () => {
    expect(numbers().graceSeconds.value).toBe(10 + 25 + 5);
    const { graceSeconds, drainDelayMs } = numbers({ drain: { delayMs: 3000, timeoutMs: 60_000 } });
    expect([graceSeconds.value, drainDelayMs.value]).toEqual([68, 3000]);
  });
});
