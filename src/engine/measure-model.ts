/** A model and a runtime → what the model costs: time to load, memory, time of runs by their rows, and what it does at most. */
import { batchDimension } from '../model/batch.ts';
import type { Clock, Runtime, Session } from '../ports.ts';
import { bestBatch } from './best-batch.ts';
import { createEngine } from './create-engine.ts';
import type { Engine, ModelStatus } from './engine.ts';
import { measureLatency } from './measure-latency.ts';
import type { Measured, MeasureOrder, MeasureOutcome } from './measured.ts';
import { saturate } from './saturate.ts';
import { SILENT_LOG } from './silent-log.ts';
import { findRows, type TriedRows } from './trial-rows.ts';
import { fittingRows } from './warm-up.ts';

/** Rows asked in turn: more show nothing new. */
const MOST_DIFFERENT = 64;

/** What the process has taken so far. */
export interface ProcessUsage {
  residentBytes(): number;
  peakBytes(): number;
  /** Time of processors, in milliseconds. */
  workedMs(): number;
  /** Time in which the main thread waited for a processor; 0 where the system does not tell. */
  waitedMs(): number;
}

export interface MeasureTools {
  readonly runtime: Runtime;
  readonly clock: Clock;
  readonly usage: ProcessUsage;
}

/** For a process that does nothing else: all that it takes is counted. Never rejects for a bad model. */
export async function measureModel(order: MeasureOrder, tools: MeasureTools): Promise<MeasureOutcome> {
  const { clock, usage } = tools;
  const { runtime, sessionMs } = timedRuntime(tools);
  let onHang: (reason: string) => void = () => {};
  const hang = new Promise<never>((_, reject) => {
    onHang = (reason) => reject(new Error(reason));
  });
  hang.catch(() => {});
  const model = { ...order.model, runtime, log: SILENT_LOG };
  const engine = createEngine({ models: [model], clock, cpus: 1, onHang: (_, reason) => onHang(reason) });
  const beforeBytes = usage.residentBytes();
  const start = clock.monotonic();
  await engine.start();
  const readyMs = clock.monotonic() - start;
  const loadedBytes = usage.residentBytes();
  const status = engine.status(model.key);
  if (status?.state !== 'ready') return { status: 'load-failed', message: status?.reason ?? 'the model is not loaded' };
  const [runStart, waitedAtStart] = [clock.monotonic(), usage.waitedMs()];
  try {
    const { refusal, ...runs } = await Promise.race([measureRuns(order, { engine, status, tools }), hang]);
    const waitedShare = (usage.waitedMs() - waitedAtStart) / Math.max(1, clock.monotonic() - runStart);
    const measured: Measured = {
      engine: {
        mode: status.placement?.mode ?? 'worker',
        threads: model.settings.engine.threads,
        batchRows: status.batching?.maxRows ?? 1,
      },
      load: { sessionMs: sessionMs(), readyMs },
      memory: { beforeBytes, loadedBytes, peakBytes: usage.peakBytes() },
      ...runs,
      waitedShare,
    };
    await engine.close();
    return { status: 'ok', measured, refusal };
  } catch (error) {
    return { status: 'run-failed', message: error instanceof Error ? error.message : String(error) };
  }
}

interface Loaded {
  readonly engine: Engine;
  readonly status: ModelStatus;
  readonly tools: MeasureTools;
}

type Runs = Pick<Measured, 'latency' | 'bestRows' | 'saturation'> & { readonly refusal: string | undefined };

async function measureRuns(order: MeasureOrder, { engine, status, tools }: Loaded): Promise<Runs> {
  const { clock, usage } = tools;
  const { key, signature, settings } = order.model;
  const isBatched = batchDimension(signature) === 'any';
  const found: TriedRows = await findRows(order, isBatched, (inputs) =>
    engine.infer({ model: key, inputs, rows: 1, alone: true }),
  );
  if ('refusal' in found) return { latency: [], bestRows: 1, saturation: null, refusal: found.refusal };
  const { rowsOf } = found;
  const maxRows = isBatched ? fittingRows(rowsOf(1), settings.batching.maxRows) : 1;
  const durationMs = order.durationMs / 2;
  const latency = await measureLatency({ engine, key, rowsOf, maxRows, budgetMs: durationMs, clock });
  const { instances } = settings.engine;
  const sessions = status.placement?.mode === 'inline' ? 1 : instances;
  const runningRows = sessions * (status.batching?.maxRows ?? 1);
  const differentRows = Math.min(maxRows, MOST_DIFFERENT);
  const most = { engine, key, rowsOf, runningRows, differentRows, durationMs, clock, workedMs: usage.workedMs };
  const saturation = await saturate(most);
  return { latency, bestRows: bestBatch(latency, settings.slo.p99Ms), saturation, refusal: undefined };
}

/** The same runtime, which knows how long its first session took to load. */
function timedRuntime({ runtime, clock }: MeasureTools): { readonly runtime: Runtime; sessionMs(): number } {
  let first: number | undefined;
  const timed = async (load: () => Promise<Session>): Promise<Session> => {
    const start = clock.monotonic();
    const session = await load();
    first ??= clock.monotonic() - start;
    return session;
  };
  return {
    runtime: {
      version: runtime.version,
      loadInline: (path, options) => timed(() => runtime.loadInline(path, options)),
      loadInWorker: (path, options, onDeath) => timed(() => runtime.loadInWorker(path, options, onDeath)),
    },
    sessionMs: () => first ?? 0,
  };
}
