/** Models → the `Engine`: one runner for each model, a few loading side by side. */
import type { Clock } from '../ports.ts';
import { type Engine, type EngineModel, InferError } from './engine.ts';
import { ModelRunner } from './model-runner.ts';

export interface EngineOptions {
  /** Those that `start` loads; keys are unique. */
  readonly models: readonly EngineModel[];
  readonly clock: Clock;
  /** CPUs this process may use. */
  readonly cpus: number;
  /** Told when a run does not end in its time: the process has to end, for a run cannot be stopped. */
  readonly onHang: (model: EngineModel, reason: string) => void;
}

/** Most models that load at the same time: more would disturb each other's measurements, and each takes twice its size in memory. */
const PARALLEL_LOADS = 4;

/** Nothing is loaded before `start`. */
export function createEngine({ models, clock, cpus, onHang }: EngineOptions): Engine {
  const sessions = models.reduce((sum, { settings }) => sum + settings.engine.instances, 0);
  const makeRunner = (model: EngineModel): ModelRunner => {
    const threads = model.settings.engine.threads || threadsOf(cpus, Math.max(1, sessions));
    return new ModelRunner(model, { threads, clock, onHang });
  };
  const runners = new Map(models.map((model) => [model.key, makeRunner(model)]));
  const leaving = new Set<Promise<void>>();
  const all = (): readonly ModelRunner[] => [...runners.values()];
  return {
    async start() {
      const waiting = [...all()];
      const loadNext = async (): Promise<void> => {
        for (let runner = waiting.shift(); runner !== undefined; runner = waiting.shift()) await runner.start();
      };
      await Promise.all(Array.from({ length: Math.min(PARALLEL_LOADS, cpus) }, loadNext));
    },
    async add(model) {
      const runner = makeRunner(model);
      await runner.start();
      const { state, reason } = runner.status;
      if (state !== 'ready') {
        await runner.close();
        throw new InferError('not-ready', reason ?? `the model is ${state}`);
      }
      runners.set(model.key, runner);
    },
    async remove(key) {
      const closing = runners.get(key)?.close() ?? Promise.resolve();
      runners.delete(key);
      leaving.add(closing);
      await closing.finally(() => leaving.delete(closing));
    },
    infer(request) {
      const runner = runners.get(request.model);
      if (runner !== undefined) return runner.infer(request);
      return Promise.reject(new InferError('not-ready', 'the model is not loaded'));
    },
    status: (key) => runners.get(key)?.status,
    statuses: () => all().map((runner) => runner.status),
    isReady: () => runners.size > 0 && all().every((runner) => runner.status.state === 'ready'),
    async close() {
      await Promise.all([...all().map((runner) => runner.close()), ...leaving]);
    },
  };
}

/** One CPU is left to the event loop, the others are shared by the sessions; each gets at least one. */
export function threadsOf(cpus: number, sessions: number): number {
  return Math.max(1, Math.floor((cpus - 1) / sessions));
}
