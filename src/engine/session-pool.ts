/** A model × options → its sessions: loaded, warmed, handed out one run at a time, replaced when their worker dies. */
import type { Clock, Session } from '../ports.ts';
import { checkBatching } from './check-batching.ts';
import type { Batching, EngineModel, Placement } from './engine.ts';
import { placeModel } from './place-model.ts';

export interface PoolOptions {
  readonly model: EngineModel;
  /** Intra-op threads of one session. */
  readonly threads: number;
  readonly clock: Clock;
}

export interface PoolEvents {
  /** The first session is loaded and its warm-up begins. */
  onWarming(): void;
  /** No session is left; one is on its way. */
  onDown(): void;
  /** A dead worker was replaced. */
  onReplaced(): void;
  /** The model cannot be kept up. */
  onFailed(reason: string): void;
}

export interface Slot {
  /** Undefined while a dead worker is being replaced. */
  session: Session | undefined;
  isBusy: boolean;
}

/** A worker that dies this often within the window takes the model down: something is wrong with the model, not with luck. */
const MOST_DEATHS = 3;
const DEATH_WINDOW_MS = 60_000;

export class SessionPool {
  readonly #options: PoolOptions;
  readonly #events: PoolEvents;
  readonly #slots: Slot[] = [];
  #placement: Placement | undefined;
  #batching: Batching | undefined;
  #deaths: number[] = [];
  /** Loads under way, also those that replace dead workers. */
  #loading: Promise<unknown> = Promise.resolve();

  constructor(options: PoolOptions, events: PoolEvents) {
    this.#options = options;
    this.#events = events;
  }

  /** Undefined before warm-up. */
  get placement(): Placement | undefined {
    return this.#placement;
  }

  /** Undefined before warm-up. */
  get batching(): Batching | undefined {
    return this.#batching;
  }

  get isBusy(): boolean {
    return this.#slots.some((slot) => slot.isBusy);
  }

  /** Sessions that can run at the same time. */
  get size(): number {
    return this.#slots.length;
  }

  /** Resolves when all sessions are there; rejects with the reason of the first that is not, after all have ended. */
  load(): Promise<void> {
    const loading = this.#load();
    this.#loading = loading.catch(() => {});
    return loading;
  }

  /** A session that nobody uses. */
  free(): { readonly slot: Slot; readonly session: Session } | undefined {
    for (const slot of this.#slots)
      if (!slot.isBusy && slot.session !== undefined) return { slot, session: slot.session };
    return undefined;
  }

  stopBatching(reason: string): void {
    const { log } = this.#options.model;
    if (this.#batching?.maxRows !== 1) log.warn('requests do not share a run any more', { reason });
    this.#batching = { maxRows: 1, reason, doubles: false, runMs: undefined };
  }

  /** Resolves when no load is under way. */
  async settled(): Promise<void> {
    let seen: Promise<unknown> | undefined;
    while (seen !== this.#loading) {
      seen = this.#loading;
      await seen;
    }
  }

  /** Frees every session. Nothing may run, and nothing is replaced any more. */
  async release(): Promise<void> {
    for (const { session } of this.#slots) await session?.release();
  }

  async #load(): Promise<void> {
    const { mode, instances } = this.#options.model.settings.engine;
    const first = await this.#loadSlot(mode);
    const rest = first.mode === 'inline' ? 0 : instances - 1;
    // All of them end before the first failure counts: a session that arrived later would never be released.
    const others = await Promise.allSettled(Array.from({ length: rest }, () => this.#loadSlot('worker')));
    for (const other of others) if (other.status === 'rejected') throw other.reason;
  }

  async #loadSlot(
    mode: 'auto' | 'inline' | 'worker',
    slot: Slot = { session: undefined, isBusy: false },
  ): Promise<Placement> {
    const { model, threads, clock } = this.#options;
    const { path, signature, isQuick, log, settings, runtime } = model;
    const { maxRows } = settings.batching;
    let death: string | undefined;
    const placed = await placeModel({
      path,
      signature,
      isQuick,
      mode,
      maxRows,
      session: { threads, runTimeoutMs: settings.limits.runTimeoutMs },
      runtime,
      clock,
      onLoaded: () => this.#events.onWarming(),
      onDeath: (reason) => {
        death = reason;
        this.#onDeath(slot, reason);
      },
    });
    // Before the slot is filled: a worker that dies of it has failed to load.
    const { sample, session, placement } = placed;
    // A worker gains by batches all the same: fewer ways there and back.
    const gains = placed.gains || placement.mode === 'worker';
    const { p99Ms } = settings.slo;
    const batching = this.#batching ?? (await checkBatching(session, signature, { maxRows, sample, gains, p99Ms }));
    if (death !== undefined) throw new Error(death);
    this.#batching = batching;
    slot.session = session;
    this.#placement = placement;
    if (!this.#slots.includes(slot)) this.#slots.push(slot);
    if (placed.warmUpFailure !== undefined) {
      log.warn('no made-up input runs, so the model is not warm and stays in a worker', {
        reason: placed.warmUpFailure,
      });
    }
    return placement;
  }

  #onDeath(slot: Slot, reason: string): void {
    // Dead before its slot was filled: `#loadSlot` rejects, which is the end of that attempt.
    if (slot.session === undefined) return;
    slot.session = undefined;
    const now = this.#options.clock.monotonic();
    this.#deaths = [...this.#deaths.filter((at) => now - at < DEATH_WINDOW_MS), now];
    if (this.#deaths.length >= MOST_DEATHS) {
      this.#events.onFailed(`${reason}; ${MOST_DEATHS} times within a minute`);
      return;
    }
    this.#options.model.log.warn('inference worker died, loading the model again', { reason });
    if (this.#slots.every((each) => each.session === undefined)) this.#events.onDown();
    const reload = this.#loadSlot('worker', slot).then(
      () => this.#events.onReplaced(),
      (error: Error) => this.#events.onFailed(error.message),
    );
    this.#loading = Promise.all([this.#loading, reload]);
  }
}
