/** Resolved spec × models × runtime → the `Engine`: one runner for each model, a few loading side by side. */
import type { Clock, Runtime } from '../ports.ts';
import type { ServiceSpec } from '../service/spec.ts';
import { type Engine, InferError } from './engine.ts';
import { type EngineModel, ModelRunner } from './model-runner.ts';

export interface EngineOptions {
  readonly spec: Pick<ServiceSpec, 'engine' | 'batching' | 'limits'>;
  /** At least one; names are unique. */
  readonly models: readonly EngineModel[];
  readonly runtime: Runtime;
  readonly clock: Clock;
  /** CPUs this process may use. */
  readonly cpus: number;
}

/** Most models that load at the same time: more would disturb each other's measurements, and each takes twice its size in memory. */
const PARALLEL_LOADS = 4;

/** Nothing is loaded before `start`. */
export function createEngine({ spec, models, runtime, clock, cpus }: EngineOptions): Engine {
  const { mode, instances } = spec.engine;
  const threads = spec.engine.threads === 0 ? threadsOf(cpus, models.length * instances) : spec.engine.threads;
  const { maxRows } = spec.batching;
  const { queueRows } = spec.limits;
  const runners = new Map(
    models.map((model) => [
      model.name,
      new ModelRunner(model, { mode, instances, threads, maxRows, queueRows, runtime, clock }),
    ]),
  );
  const all = [...runners.values()];
  return {
    async start() {
      const waiting = [...all];
      const loadNext = async (): Promise<void> => {
        for (let runner = waiting.shift(); runner !== undefined; runner = waiting.shift()) await runner.start();
      };
      await Promise.all(Array.from({ length: Math.min(PARALLEL_LOADS, cpus) }, loadNext));
    },
    infer(request) {
      const runner = runners.get(request.model);
      if (runner !== undefined) return runner.infer(request);
      return Promise.reject(new InferError('unknown-model', `there is no model '${request.model}'`));
    },
    status: (name) => runners.get(name)?.status,
    statuses: () => all.map((runner) => runner.status),
    isReady: () => all.length > 0 && all.every((runner) => runner.status.state === 'ready'),
    async close() {
      await Promise.all(all.map((runner) => runner.close()));
    },
  };
}

/** One CPU is left to the event loop, the others are shared by the sessions; each gets at least one. */
export function threadsOf(cpus: number, sessions: number): number {
  return Math.max(1, Math.floor((cpus - 1) / sessions));
}
