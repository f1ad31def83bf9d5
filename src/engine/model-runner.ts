/** One model: its lifecycle, its queue, its sessions. Requests in, results or an `InferError` out. */
import { plural } from '../plural.ts';
import type { Clock } from '../ports.ts';
import { queueBound } from '../service/queue-bound.ts';
import { BatchTime } from './batch-time.ts';
import { DeadlineTimer } from './deadline-timer.ts';
import {
  type EngineModel,
  InferError,
  type InferRequest,
  type InferResult,
  type ModelState,
  type ModelStatus,
} from './engine.ts';
import type { Job } from './job.ts';
import { RowQueue } from './row-queue.ts';
import { runBatch } from './run-batch.ts';
import { SessionPool, type Slot } from './session-pool.ts';
import { rejectIfGone, takeBatch } from './take-batch.ts';

export interface RunnerOptions {
  /** Intra-op threads of one session. */
  readonly threads: number;
  readonly clock: Clock;
  /** Told when a run does not end in `limits.runTimeoutMs`. It cannot be stopped: the process has to end. */
  readonly onHang: (model: EngineModel, reason: string) => void;
}

export class ModelRunner {
  readonly #model: EngineModel;
  readonly #options: RunnerOptions;
  readonly #pool: SessionPool;
  readonly #queue: RowQueue<Job>;
  readonly #deadlines: DeadlineTimer;
  readonly #idle: (() => void)[] = [];
  #state: ModelState = 'loading';
  #reason: string | undefined;
  /** A batch of this turn of the event loop is about to be made. */
  #isFlushing = false;
  /** Set while an idle session waits for more rows. */
  #delay: NodeJS.Timeout | undefined;
  /** Undefined until the model is loaded. */
  #batchTime: BatchTime | undefined;
  #closing: Promise<void> | undefined;

  constructor(model: EngineModel, options: RunnerOptions) {
    this.#model = model;
    this.#options = options;
    this.#queue = new RowQueue(model.settings.limits.queueRows);
    this.#deadlines = new DeadlineTimer(options.clock, () => this.#dropGone());
    this.#pool = new SessionPool(
      { model, threads: options.threads, clock: options.clock },
      {
        onWarming: () => {
          if (this.#state === 'loading') this.#state = 'warming';
        },
        onDown: () => {
          if (this.#state === 'ready') this.#state = 'loading';
        },
        onReplaced: () => {
          if (this.#state === 'failed') return;
          this.#state = this.#closing === undefined ? 'ready' : 'draining';
          this.#pump();
        },
        onFailed: (reason) => this.#fail(reason),
      },
    );
  }

  get status(): ModelStatus {
    const { key, name, version } = this.#model;
    return {
      key,
      name,
      version,
      state: this.#state,
      reason: this.#reason,
      placement: this.#pool.placement,
      batching: this.#pool.batching,
      queuedRows: this.#queue.rows,
      queueLimit: this.#queue.limit,
    };
  }

  /** Resolves when the model is ready or failed. */
  async start(): Promise<void> {
    // Told to end before its turn to load came.
    if (this.#closing !== undefined) return;
    const { clock } = this.#options;
    const start = clock.monotonic();
    try {
      await this.#pool.load();
    } catch (error) {
      this.#fail(error instanceof Error ? error.message : String(error));
      return;
    }
    if (this.status.state === 'failed') return;
    const { maxRows = 1, runMs } = this.#pool.batching ?? {};
    this.#batchTime = new BatchTime(maxRows, runMs ?? this.#pool.placement?.p95Ms);
    this.#boundQueue();
    this.#state = this.#closing === undefined ? 'ready' : 'draining';
    this.#logReady(clock.monotonic() - start);
  }

  infer(request: InferRequest): Promise<InferResult> {
    if (this.#state !== 'ready') return Promise.reject(new InferError('not-ready', `the model is ${this.#state}`));
    if (!this.#queue.hasRoom(request.rows)) this.#dropGone();
    if (!this.#queue.hasRoom(request.rows)) {
      return Promise.reject(
        new InferError('queue-full', `${plural(this.#queue.rows, 'row is', 'rows are')} waiting already`),
      );
    }
    return new Promise((resolve, reject) => {
      const admittedAt = this.#options.clock.monotonic();
      this.#queue.push({ request, rows: request.rows, admittedAt, resolve, reject });
      if (request.deadline !== undefined) this.#deadlines.watch(request.deadline);
      if (this.#pool.placement?.mode === 'inline' && this.#pool.batching?.maxRows !== 1) this.#flushSoon();
      else this.#pump();
    });
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  #pump(): void {
    if (this.#isWaitingForMore()) return;
    for (let free = this.#pool.free(); free !== undefined; free = this.#pool.free()) {
      const batch = takeBatch(this.#queue, this.#pool.batching?.maxRows ?? 1, this.#options.clock.monotonic());
      if (batch.length === 0) return;
      void this.#run(free.slot, batch);
    }
  }

  /** With `batching.maxDelayMs`: whether the oldest request may wait longer for others to fill the batch. */
  #isWaitingForMore(): boolean {
    const { maxDelayMs } = this.#model.settings.batching;
    const oldest = this.#queue.first;
    const { maxRows = 1 } = this.#pool.batching ?? {};
    if (maxDelayMs === 0 || oldest === undefined || this.#queue.rows >= maxRows || this.#closing !== undefined)
      return false;
    const left = oldest.admittedAt + maxDelayMs - this.#options.clock.monotonic();
    if (left <= 0) return false;
    this.#delay ??= setTimeout(() => {
      this.#delay = undefined;
      this.#pump();
    }, left);
    return true;
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

  async #run(slot: Slot, batch: readonly Job[]): Promise<void> {
    const { session } = slot;
    if (session === undefined) throw new Error('a slot without a session was handed out');
    slot.isBusy = true;
    const watch = this.#watchRun(batch);
    const start = this.#options.clock.monotonic();
    await runBatch({
      session,
      batch,
      clock: this.#options.clock,
      doubles: this.#pool.batching?.doubles ?? false,
      failureKind: () => (slot.session === session ? 'runtime-failed' : 'worker-died'),
      onUnsplittable: () => this.#pool.stopBatching('outputs of several rows had another number of rows'),
      onRun: () => watch?.refresh(),
    });
    clearTimeout(watch);
    slot.isBusy = false;
    const rows = batch.reduce((sum, job) => sum + job.rows, 0);
    if (this.#batchTime?.add(rows, this.#options.clock.monotonic() - start)) this.#boundQueue();
    this.#pump();
    this.#reportIdle();
  }

  /** For a run in a worker: a run in this thread also stops this timer, and is watched by the runtime. */
  #watchRun(batch: readonly Job[]): NodeJS.Timeout | undefined {
    if (this.#pool.placement?.mode !== 'worker') return undefined;
    const { runTimeoutMs } = this.#model.settings.limits;
    return setTimeout(() => {
      const reason = `a run did not end within ${runTimeoutMs} ms (limits.runTimeoutMs)`;
      for (const job of batch) job.reject(new InferError('worker-died', reason));
      this.#fail(reason);
      this.#options.onHang(this.#model, reason);
    }, runTimeoutMs);
  }

  #fail(reason: string): void {
    this.#state = 'failed';
    this.#reason = reason;
    this.#deadlines.stop();
    this.#model.log.error('model failed', { reason });
    for (const job of this.#queue.remove(() => true)) job.reject(new InferError('worker-died', reason));
    this.#reportIdle();
  }

  /** Rejects what is not worth running any more; the earliest deadline of the rest. */
  #dropGone(): number | undefined {
    const now = this.#options.clock.monotonic();
    let next = Number.POSITIVE_INFINITY;
    this.#queue.remove((job) => {
      if (rejectIfGone(job, now)) return true;
      next = Math.min(next, job.request.deadline ?? Number.POSITIVE_INFINITY);
      return false;
    });
    this.#reportIdle();
    return next === Number.POSITIVE_INFINITY ? undefined : next;
  }

  #boundQueue(): void {
    const { settings } = this.#model;
    if (settings.limits.queueRows > 0) return;
    const { maxRows: batchRows = 1 } = this.#pool.batching ?? {};
    const [batchMs, instances] = [this.#batchTime?.ms, this.#pool.size];
    this.#queue.limit = queueBound({ p99Ms: settings.slo.p99Ms, batchRows, batchMs, instances });
  }

  #logReady(ms: number): void {
    const { log, settings } = this.#model;
    const { mode = settings.engine.mode, p95Ms } = this.#pool.placement ?? {};
    const { maxRows = 1, reason } = this.#pool.batching ?? {};
    log.info('model ready', {
      engine: mode,
      ...(p95Ms === undefined ? {} : { p95_ms: Math.round(p95Ms * 1000) / 1000 }),
      batch_rows: maxRows,
      queue_rows: this.#queue.limit,
      load_ms: Math.round(ms),
    });
    if (reason !== undefined) log.info('requests do not share a run', { reason });
  }

  async #close(): Promise<void> {
    if (this.#state === 'ready') this.#state = 'draining';
    await this.#pool.settled();
    // What waits for more rows waits no longer.
    this.#pump();
    if (this.#queue.length > 0 || this.#pool.isBusy) {
      await new Promise<void>((resolve) => this.#idle.push(resolve));
    }
    // A worker may have died in the last run and be on its way back.
    await this.#pool.settled();
    clearTimeout(this.#delay);
    this.#deadlines.stop();
    await this.#pool.release();
    if (this.#state !== 'failed') this.#state = 'unloaded';
  }

  #reportIdle(): void {
    if (this.#queue.length > 0 || this.#pool.isBusy) return;
    for (const resolve of this.#idle.splice(0)) resolve();
  }
}
