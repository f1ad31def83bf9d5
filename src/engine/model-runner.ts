/** One model: its lifecycle, its queue, its sessions. Requests in, results or an `InferError` out. */
import type { Signature } from '../model/signature.ts';
import type { Clock, Log, Runtime, Session } from '../ports.ts';
import { checkBatching } from './check-batching.ts';
import {
  type Batching,
  InferError,
  type InferRequest,
  type InferResult,
  type ModelState,
  type ModelStatus,
  type Placement,
} from './engine.ts';
import type { Job } from './job.ts';
import { placeModel } from './place-model.ts';
import { RowQueue } from './row-queue.ts';
import { runBatch } from './run-batch.ts';
import { rejectIfGone, takeBatch } from './take-batch.ts';

export interface EngineModel {
  readonly name: string;
  /** Absolute. */
  readonly path: string;
  readonly signature: Signature;
  /** Whose lines say which model this is. */
  readonly log: Log;
}

export interface RunnerOptions {
  readonly mode: 'auto' | 'inline' | 'worker';
  readonly instances: number;
  readonly threads: number;
  readonly maxRows: number;
  readonly queueRows: number;
  readonly runtime: Runtime;
  readonly clock: Clock;
}

interface Slot {
  /** Undefined while a dead worker is being replaced. */
  session: Session | undefined;
  isBusy: boolean;
}

/** A worker that dies this often within the window takes the model down: something is wrong with the model, not with luck. */
const MOST_DEATHS = 3;
const DEATH_WINDOW_MS = 60_000;

export class ModelRunner {
  readonly #model: EngineModel;
  readonly #options: RunnerOptions;
  readonly #queue: RowQueue<Job>;
  readonly #slots: Slot[] = [];
  readonly #idle: (() => void)[] = [];
  #state: ModelState = 'loading';
  #reason: string | undefined;
  #placement: Placement | undefined;
  #batching: Batching | undefined;
  /** A batch of this turn of the event loop is about to be made. */
  #isFlushing = false;
  #deaths: number[] = [];
  /** Loads under way, also those that replace dead workers. */
  #loading: Promise<unknown> = Promise.resolve();
  #closing: Promise<void> | undefined;

  constructor(model: EngineModel, options: RunnerOptions) {
    this.#model = model;
    this.#options = options;
    this.#queue = new RowQueue(options.queueRows);
  }

  get status(): ModelStatus {
    return {
      name: this.#model.name,
      state: this.#state,
      reason: this.#reason,
      placement: this.#placement,
      batching: this.#batching,
      queuedRows: this.#queue.rows,
    };
  }

  /** Resolves when the model is ready or failed. */
  start(): Promise<void> {
    // Told to end before its turn to load came.
    if (this.#closing !== undefined) return Promise.resolve();
    const loading = this.#load();
    this.#loading = loading;
    return loading;
  }

  infer(request: InferRequest): Promise<InferResult> {
    if (this.#state !== 'ready') return Promise.reject(new InferError('not-ready', `the model is ${this.#state}`));
    if (!this.#queue.hasRoom(request.rows)) this.#dropGone();
    if (!this.#queue.hasRoom(request.rows)) {
      return Promise.reject(new InferError('queue-full', `${this.#queue.rows} rows are waiting already`));
    }
    return new Promise((resolve, reject) => {
      const admittedAt = this.#options.clock.monotonic();
      this.#queue.push({ request, rows: request.rows, admittedAt, resolve, reject });
      if (this.#placement?.mode === 'inline' && this.#batching?.maxRows !== 1) this.#flushSoon();
      else this.#pump();
    });
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #load(): Promise<void> {
    const { log } = this.#model;
    const { clock, mode, instances } = this.#options;
    const start = clock.monotonic();
    try {
      const first = await this.#loadSlot(mode);
      const rest = first.mode === 'inline' ? 0 : instances - 1;
      // All of them end before the first failure counts: a session that arrived later would never be released.
      const others = await Promise.allSettled(Array.from({ length: rest }, () => this.#loadSlot('worker')));
      for (const other of others) if (other.status === 'rejected') throw other.reason;
    } catch (error) {
      this.#fail(error instanceof Error ? error.message : String(error));
      return;
    }
    if (this.#state === 'failed') return;
    this.#state = this.#closing === undefined ? 'ready' : 'draining';
    const { mode: engine = mode, p95Ms } = this.#placement ?? {};
    const loadMs = Math.round(clock.monotonic() - start);
    log.info('model ready', {
      engine,
      ...(p95Ms === undefined ? {} : { p95_ms: Math.round(p95Ms * 1000) / 1000 }),
      batch_rows: this.#batching?.maxRows ?? 1,
      load_ms: loadMs,
    });
    const { reason } = this.#batching ?? {};
    if (reason !== undefined) log.info('requests do not share a run', { reason });
  }

  async #loadSlot(mode: RunnerOptions['mode'], slot: Slot = { session: undefined, isBusy: false }): Promise<Placement> {
    const { path, signature, log } = this.#model;
    const { runtime, clock, maxRows, threads } = this.#options;
    let death: string | undefined;
    const placed = await placeModel({
      path,
      signature,
      mode,
      maxRows,
      session: { threads },
      runtime,
      clock,
      onLoaded: () => {
        if (this.#state === 'loading') this.#state = 'warming';
      },
      onDeath: (reason) => {
        death = reason;
        this.#onDeath(slot, reason);
      },
    });
    // Before the slot is filled: a worker that dies of it has failed to load.
    const { sample, session } = placed;
    const batching = this.#batching ?? (await checkBatching(session, signature, { maxRows, sample }));
    if (death !== undefined) throw new Error(death);
    this.#batching = batching;
    slot.session = placed.session;
    this.#placement = placed.placement;
    if (!this.#slots.includes(slot)) this.#slots.push(slot);
    if (placed.warmUpFailure !== undefined) {
      log.warn('no made-up input runs, so the model is not warm and stays in a worker', {
        reason: placed.warmUpFailure,
      });
    }
    return placed.placement;
  }

  #pump(): void {
    for (const slot of this.#slots) {
      if (slot.isBusy || slot.session === undefined) continue;
      const batch = takeBatch(this.#queue, this.#batching?.maxRows ?? 1, this.#options.clock.monotonic());
      if (batch.length === 0) return;
      void this.#run(slot, slot.session, batch);
    }
  }

  /** In this thread a run starts at the end of the turn, so that all requests that arrive in one turn share it. */
  #flushSoon(): void {
    if (this.#isFlushing) return;
    this.#isFlushing = true;
    setImmediate(() => {
      this.#isFlushing = false;
      this.#pump();
      this.#reportIdle();
    });
  }

  async #run(slot: Slot, session: Session, batch: readonly Job[]): Promise<void> {
    slot.isBusy = true;
    await runBatch({
      session,
      batch,
      clock: this.#options.clock,
      failureKind: () => (slot.session === session ? 'runtime-failed' : 'worker-died'),
      onUnsplittable: () => this.#stopBatching('outputs of several rows had another number of rows'),
    });
    slot.isBusy = false;
    this.#pump();
    this.#reportIdle();
  }

  #onDeath(slot: Slot, reason: string): void {
    const { log } = this.#model;
    // Dead before its slot was filled: `#loadSlot` rejects, which is the end of that attempt.
    if (slot.session === undefined) return;
    slot.session = undefined;
    const now = this.#options.clock.monotonic();
    this.#deaths = [...this.#deaths.filter((at) => now - at < DEATH_WINDOW_MS), now];
    if (this.#deaths.length >= MOST_DEATHS) {
      this.#fail(`${reason}; ${MOST_DEATHS} times within a minute`);
      return;
    }
    log.warn('inference worker died, loading the model again', { reason });
    if (this.#state === 'ready' && this.#slots.every((each) => each.session === undefined)) this.#state = 'loading';
    const reload = this.#loadSlot('worker', slot).then(
      () => {
        if (this.#state === 'failed') return;
        this.#state = this.#closing === undefined ? 'ready' : 'draining';
        this.#pump();
      },
      (error: Error) => this.#fail(error.message),
    );
    this.#loading = Promise.all([this.#loading, reload]);
  }

  #fail(reason: string): void {
    this.#state = 'failed';
    this.#reason = reason;
    this.#model.log.error('model failed', { reason });
    for (const job of this.#queue.remove(() => true)) job.reject(new InferError('worker-died', reason));
    this.#reportIdle();
  }

  #stopBatching(reason: string): void {
    if (this.#batching?.maxRows !== 1) this.#model.log.warn('requests do not share a run any more', { reason });
    this.#batching = { maxRows: 1, reason };
  }

  #dropGone(): void {
    const now = this.#options.clock.monotonic();
    this.#queue.remove((job) => rejectIfGone(job, now));
    this.#reportIdle();
  }

  async #close(): Promise<void> {
    if (this.#state === 'ready') this.#state = 'draining';
    await this.#loading;
    if (this.#queue.length > 0 || this.#slots.some((slot) => slot.isBusy)) {
      await new Promise<void>((resolve) => this.#idle.push(resolve));
    }
    // A worker may have died in the last run and be on its way back.
    await this.#loading;
    for (const { session } of this.#slots) await session?.release();
    if (this.#state !== 'failed') this.#state = 'unloaded';
  }

  #reportIdle(): void {
    if (this.#queue.length > 0 || this.#slots.some((slot) => slot.isBusy)) return;
    for (const resolve of this.#idle.splice(0)) resolve();
  }
}
