/** An engine without a runtime, for tests of what a request means: each model is a function from tensors to tensors. */
import { type Engine, InferError, type InferFailure, type ModelState } from '../../src/engine/engine.ts';
import type { Tensor, Tensors } from '../../src/model/tensor.ts';

export type FakeModel = (inputs: Tensors) => Tensors;

export interface FakeEngine extends Engine {
  /** What `status` says from now on. */
  set(state: ModelState, queuedRows?: number, reason?: string): void;
  /** The next `infer` rejects with this. */
  failNext(failure: InferFailure | Error, message?: string): void;
  /** Inputs of the last `infer`. */
  last: Tensors | undefined;
  calls: number;
}

/** Each model is known to the engine by its name; its version does not matter. */
export function fakeEngine(models: Readonly<Record<string, FakeModel>>, queueLimit = 16): FakeEngine {
  let state: ModelState = 'ready';
  let queuedRows = 0;
  let reason: string | undefined;
  let failure: Error | undefined;
  const status = (name: string) => ({
    key: name,
    name,
    version: '1.4.0',
    state,
    reason,
    placement: undefined,
    batching: undefined,
    queuedRows,
    queueLimit,
  });
  const engine: FakeEngine = {
    last: undefined,
    calls: 0,
    set(next, rows = 0, why = undefined) {
      state = next;
      reason = why;
      queuedRows = rows;
    },
    failNext(kind, message = 'the runtime said: secret 4111111111111111') {
      failure = kind instanceof Error ? kind : new InferError(kind, message);
    },
    start: async () => {},
    add: async () => {},
    remove: async () => {},
    close: async () => {},
    isReady: () => state === 'ready',
    status: (name) => (Object.hasOwn(models, name) ? status(name) : undefined),
    statuses: () => Object.keys(models).map(status),
    async infer({ model, inputs, rows }) {
      engine.calls++;
      engine.last = inputs;
      const error = failure;
      failure = undefined;
      if (error !== undefined) throw error;
      const compute = models[model];
      if (compute === undefined) throw new InferError('not-ready', model);
      return { outputs: compute(inputs), queueMs: 1, inferMs: 2, aroundMs: 0.5, batchRows: rows, isFirst: true };
    },
  };
  return engine;
}

/** The models of facts: OUTPUT0 = INPUT0 + INPUT1, OUTPUT1 = INPUT0 − INPUT1. */
export const sumAndDifference: FakeModel = (inputs) => {
  const [a, b] = [tensor(inputs, 'INPUT0'), tensor(inputs, 'INPUT1')];
  const [x, y] = [a.data as Int32Array, b.data as Int32Array];
  return new Map<string, Tensor>([
    ['OUTPUT0', { ...a, data: x.map((value, at) => value + (y[at] ?? 0)) }],
    ['OUTPUT1', { ...a, data: x.map((value, at) => value - (y[at] ?? 0)) }],
  ]);
};

/** OUTPUT<n> = INPUT<n>, whatever the type. */
export const identity: FakeModel = (inputs) =>
  new Map([...inputs].map(([name, value]) => [name.replace('INPUT', 'OUTPUT'), value]));

function tensor(inputs: Tensors, name: string): Tensor {
  const found = inputs.get(name);
  if (found === undefined) throw new Error(`no input ${name}`);
  return found;
}
