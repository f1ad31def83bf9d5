/** Work that can wait → done a little in each turn of the event loop, so that new connections and the others' requests come in between. */

/** Of each turn. A turn takes one new connection: while many come, short turns let them in. */
const TURN_MS = 2;

export class SpareTime {
  /** In the order in which it came. */
  #waiting: (() => void)[] = [];

  /** Does it in a later turn: in the next one, if not much waits. */
  do(work: () => void): void {
    if (this.#waiting.length === 0) setImmediate(() => this.#turn());
    this.#waiting.push(work);
  }

  #turn(): void {
    const end = performance.now() + TURN_MS;
    const all = this.#waiting;
    this.#waiting = [];
    let done = 0;
    do all[done]?.();
    while (++done < all.length && performance.now() < end);
    if (done === all.length) return;
    if (this.#waiting.length === 0) setImmediate(() => this.#turn());
    this.#waiting = [...all.slice(done), ...this.#waiting];
  }
}

/** Counts what is spent in a turn of the event loop. */
export class TurnBudget {
  readonly #most: number;
  #spent = 0;

  constructor(most: number) {
    this.#most = most;
  }

  /** Spends it, unless that would be more than there is for this turn. The first may be of any size. */
  isFull(amount: number): boolean {
    if (this.#spent > 0 && this.#spent + amount > this.#most) return true;
    if (this.#spent === 0) {
      setImmediate(() => {
        this.#spent = 0;
      });
    }
    this.#spent += amount;
    return false;
  }
}
