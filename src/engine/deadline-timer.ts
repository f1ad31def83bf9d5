/** Deadlines of waiting work → a call when the earliest has passed. One timer, whatever waits. */
import type { Clock } from '../ports.ts';

export class DeadlineTimer {
  readonly #clock: Clock;
  readonly #onDue: () => number | undefined;
  #timer: NodeJS.Timeout | undefined;
  #due = Number.POSITIVE_INFINITY;

  /** `onDue` drops what is past its deadline and returns the earliest deadline that is left. */
  constructor(clock: Clock, onDue: () => number | undefined) {
    this.#clock = clock;
    this.#onDue = onDue;
  }

  /** On the scale of `Clock.monotonic`. Cheap when an earlier one is watched already, which is the rule: most deadlines are equally far. */
  watch(deadline: number): void {
    if (deadline >= this.#due) return;
    clearTimeout(this.#timer);
    this.#due = deadline;
    // A millisecond past it: work is dropped after its deadline, not at it.
    this.#timer = setTimeout(() => this.#fire(), Math.max(1, Math.ceil(deadline - this.#clock.monotonic()) + 1));
    this.#timer.unref();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#due = Number.POSITIVE_INFINITY;
  }

  #fire(): void {
    this.#due = Number.POSITIVE_INFINITY;
    const next = this.#onDue();
    if (next !== undefined) this.watch(next);
  }
}
