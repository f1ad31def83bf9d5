import { describe, expect, it } from 'vitest';
import type { Measurement } from '../../src/lock/measurement.ts';
import type { DeploymentFacts } from '../../src/manifests/deployment-facts.ts';
import { deriveNumbers } from '../../src/manifests/numbers.ts';
import type { DeploySpec } from '../../src/service/deploy-spec.ts';
import { queueBound } from '../../src/service/queue-bound.ts';
import type { ServiceSpec } from '../../src/service/spec.ts';
import { projectFacts } from '../support/projects.ts';
import { digestFor, sampleMeasurement } from '../support/sample-lock.ts';

const MIB = 2 ** 20;
const iris = await projectFacts('plain/iris');

interface Given {
  readonly bytes?: number;
  readonly engine?: Partial<ServiceSpec['engine']>;
  readonly deploy?: Partial<DeploySpec>;
  readonly drain?: ServiceSpec['drain'];
  readonly queueBytes?: number;
  readonly environment?: DeploymentFacts['environment'];
  /** What was measured, other than the sample. */
  readonly measured?: Partial<Measurement>;
}

/** The numbers of iris, but for what is given. */
function numbers({ bytes, engine, deploy, drain, queueBytes, environment = 'prod', measured }: Given = {}) {
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
    lock: {
      ...lock,
      ...(measured === undefined ? {} : { measurements: [{ ...sampleMeasurement(locked), ...measured }] }),
      ...(bytes === undefined || file === undefined ? {} : { models: [{ ...locked, files: [{ ...file, bytes }] }] }),
    },
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

describe('numbers from a measurement', () => {
  it('has what the model was seen to add to a process in place of its size, with a margin', () => {
    // 192 + 256 + 1.25 × 100 = 573 → 576
    const { memoryMebibytes, heapMebibytes } = numbers({ measured: {} });
    expect(memoryMebibytes.value).toBe(576);
    expect(memoryMebibytes.why).toContain('125 for models (1.25 × 100 measured)');
    expect(heapMebibytes.value).toBe(576 - 64 - 256 - 125);
  });

  it('never has less memory than the bytes of the model', () => {
    const memory = numbers({ bytes: 400 * MIB, measured: {} }).memoryMebibytes;
    expect([memory.value, memory.why]).toEqual([960, expect.stringContaining('500 for models (1.25 × their bytes)')]);
  });

  it('requests the CPU that the model was seen to take at most', () => {
    const { cpuMillicores, cpuLimit } = numbers({ measured: {} });
    expect([cpuMillicores.value, cpuLimit?.value]).toEqual([1100, 2]);
    expect(cpuMillicores.why).toContain('1.04 cores for the 950 rows/s');
    const most = (cores: number) =>
      numbers({ measured: { saturation: { rowsPerSecond: 1, cores } } }).cpuMillicores.value;
    expect([most(0.1), most(0.83), most(7)]).toEqual([500, 900, 2000]);
  });

  it('goes by the threads where the machine was busy, or has fewer CPUs than they need', () => {
    for (const [measured, why] of [
      [{ waitedShare: 0.4 }, 'busy'],
      [{ machine: { cpu: 'Test', cpus: 2, platform: 'linux/x64' } }, '2 CPUs'],
      [{ saturation: null }, 'without runs'],
    ] as const) {
      const engine = { ...sampleMeasurement(iris.lock.models[0] as never).engine, threads: 3 };
      const settings = { mode: 'auto', instances: 1, threads: 3, maxRows: 64 } as const;
      const found = numbers({ engine: { threads: 3 }, measured: { engine, settings, ...measured } }).cpuMillicores;
      expect(found).toMatchObject({ value: 3000, why: expect.stringContaining(why) });
    }
  });

  it('starts more pods before one is full, also where one is never seen to be busy', () => {
    expect(numbers().cpuTarget.value).toBe(70);
    expect(numbers({ measured: {} }).cpuTarget.value).toBe(70);
    // 1.04 of 4 cores when it cannot answer more: 26 %.
    const measured = { settings: { mode: 'auto', instances: 1, threads: 4, maxRows: 64 } } as const;
    const wide = { ...measured, engine: { mode: 'worker', threads: 4, batchRows: 8 } } as const;
    const given: Given = { engine: { threads: 4 }, deploy: { cpuMillicores: 4000 }, measured: wide };
    expect(numbers(given).cpuTarget).toMatchObject({ value: 20, why: expect.stringContaining('26 percent') });
    expect(numbers({ ...given, deploy: { cpuMillicores: 4000, cpuTarget: 55 } }).cpuTarget.value).toBe(55);
  });

  it('gives four times the time until ready, and the time to read the files from a slow disk', () => {
    // 60 + 4 × 0.6 = 62.4 → 70
    expect(numbers({ bytes: MIB, measured: {} }).startupSeconds.value).toBe(70);
    expect(numbers({ bytes: 5000 * MIB, measured: {} }).startupSeconds.value).toBe(110);
    expect(numbers({ measured: { load: { sessionMs: 9000, readyMs: 30_000 } } }).startupSeconds.value).toBe(180);
  });

  it('waits for the longest run that was seen', () => {
    expect(numbers({ measured: {} }).graceSeconds.value).toBe(10 + 25 + 5);
    const latency = [{ rows: 1, runs: 5, p50Ms: 6000, p99Ms: 7300 }];
    const { value, why } = numbers({ measured: { latency } }).graceSeconds;
    expect([value, why]).toEqual([10 + 25 + 8 + 2, expect.stringContaining('7300 ms')]);
    const cut = numbers({ measured: { latency }, drain: { delayMs: 1000, timeoutMs: 5000 } }).graceSeconds;
    expect(cut.why).toContain('longer than drain.timeoutMs');
  });

  it('tells how many rows may wait, by the formula of the server', () => {
    const bound = queueBound({ p99Ms: iris.spec.slo.p99Ms, batchRows: 8, batchMs: 8, instances: 1 });
    expect(numbers({ measured: {} }).queue).toContain(`${bound} rows by the measurement`);
    expect(numbers().queue).toBe('set by each pod from slo.p99Ms and its own warm-up');
  });

  it('passes over one of other bytes, of another runtime, or with other settings, and says so', () => {
    const plain = numbers();
    for (const measured of [{ digest: digestFor('other') }, { runtime: '1.0.0' }, { version: '0.9.0' }]) {
      expect(numbers({ measured })).toEqual(plain);
    }
    const { memoryMebibytes, cpuMillicores } = numbers({ engine: { instances: 2 }, measured: {} });
    for (const { why } of [memoryMebibytes, cpuMillicores]) {
      expect(why).toContain('measured with other settings (engine.instances: 1, now 2)');
    }
    expect(cpuMillicores.value).toBe(2000);
  });

  it('yields to what the file says', () => {
    const deploy = { memoryBytes: 2 ** 30, cpuMillicores: 700, startupMs: 90_000, cpuTarget: 40 };
    const { memoryMebibytes, cpuMillicores, startupSeconds, cpuTarget } = numbers({ deploy, measured: {} });
    const values = [memoryMebibytes, cpuMillicores, startupSeconds, cpuTarget].map(({ value }) => value);
    expect(values).toEqual([1024, 700, 90, 40]);
  });
});
