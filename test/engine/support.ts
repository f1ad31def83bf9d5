/** An engine over a fake runtime with one model `m`, and requests to it whose answers show whose they are. */
import { createEngine } from '../../src/engine/create-engine.ts';
import type { Engine, EngineModel, InferRequest } from '../../src/engine/engine.ts';
import type { Signature } from '../../src/model/signature.ts';
import type { Tensors } from '../../src/model/tensor.ts';
import type { Clock, Runtime } from '../../src/ports.ts';
import { type FakeRuntime, memoryLog } from '../support/fake-runtime.ts';
import { modelSettings } from '../support/service-settings.ts';

export const SIGNATURE: Signature = {
  inputs: [{ kind: 'tensor', name: 'x', elementType: 'float32', shape: ['N', 2] }],
  defaultedInputs: [],
  outputs: [{ kind: 'tensor', name: 'x', elementType: 'float32', shape: ['N', 2] }],
};
export interface Made {
  readonly engine: Engine;
  readonly lines: string[];
  readonly time: { now: number };
  /** Reasons given by runs that did not end. */
  readonly hung: readonly string[];
}

export interface MakeOptions {
  readonly mode?: 'auto' | 'inline' | 'worker';
  readonly instances?: number;
  readonly path?: string;
  readonly signature?: Signature;
  readonly isQuick?: boolean;
  readonly clock?: Clock;
  readonly queueRows?: number;
  readonly settings?: Parameters<typeof modelSettings>[0];
}

export function model(runtime: Runtime, options: MakeOptions = {}): EngineModel {
  const {
    mode = 'worker',
    instances = 1,
    path = '/m.onnx',
    signature = SIGNATURE,
    isQuick = false,
    queueRows = 4,
  } = options;
  const settings = modelSettings({
    engine: { mode, instances, threads: 1 },
    batching: { maxRows: 8, ...options.settings?.batching },
    limits: { queueRows, ...options.settings?.limits },
    slo: { ...options.settings?.slo },
  });
  return { key: 'm', name: 'm', version: '1.0.0', path, signature, isQuick, settings, runtime, log: memoryLog() };
}

export function make(runtime: Runtime, options: MakeOptions = {}): Made {
  const time = { now: 0 };
  const hung: string[] = [];
  const log = memoryLog();
  const engine = createEngine({
    models: [{ ...model(runtime, options), log }],
    clock: options.clock ?? { now: () => time.now, monotonic: () => time.now },
    cpus: 2,
    onHang: (_model, reason) => hung.push(reason),
  });
  return { hung, engine, lines: log.lines, time };
}

export async function started(runtime: Runtime, options?: MakeOptions): Promise<Made> {
  const made = make(runtime, options);
  await made.engine.start();
  return made;
}

/** A request whose first number is `id`, so that an answer shows whose it is. */
export function request(id: number, more: Partial<InferRequest> = {}): InferRequest {
  const rows = more.rows ?? 1;
  const data = new Float32Array(rows * 2);
  data[0] = id;
  return { model: 'm', inputs: new Map([['x', { type: 'float32', dims: [rows, 2], data }]]), rows, ...more };
}

export const idOf = (tensors: Tensors): unknown => tensors.get('x')?.data[0];
export const numbersOf = (tensors: Tensors | undefined): readonly number[] =>
  [...(tensors?.get('x')?.data ?? [])].map(Number);
export const failure = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'answered',
    (error) => error.failure,
  );
/** The ids of each run in order; made-up rows hold zeros and fractions only. */
export const runsOf = (runtime: FakeRuntime): readonly number[][] =>
  runtime.sessions
    .flatMap((session) => session.runs.map(numbersOf))
    .map((values) => values.filter((value) => value !== 0 && Number.isInteger(value)))
    .filter((ids) => ids.length > 0);
export const idsRun = (runtime: FakeRuntime): number[] => runsOf(runtime).flat();
export const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
