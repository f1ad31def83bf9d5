/** Work items with a row count → first in, first out, bounded by the sum of their rows. */

export interface Rows {
  readonly rows: number;
}

export interface TakeMore<T> {
  readonly rows: number;
  readonly mostPassed: number;
  /** `take` what belongs to the batch, `pass` what waits for another, `drop` what is to be gone. */
  judge(item: T): 'take' | 'pass' | 'drop';
}

/** Not more than `limit` rows wait, except that an item of any size may wait alone. */
export class RowQueue<T extends Rows> {
  #limit: number;
  #items: T[] = [];
  #head = 0;
  #rows = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Rows that may wait. */
  get limit(): number {
    return this.#limit;
  }

  /** What waits already stays. */
  set limit(rows: number) {
    this.#limit = rows;
  }

  /** The oldest item. */
  get first(): T | undefined {
    return this.#items[this.#head];
  }

  get length(): number {
    return this.#items.length - this.#head;
  }

  get rows(): number {
    return this.#rows;
  }

  hasRoom(rows: number): boolean {
    return this.length === 0 || this.#rows + rows <= this.#limit;
  }

  push(item: T): void {
    this.#items.push(item);
    this.#rows += item.rows;
  }

  take(): T | undefined {
    const item = this.#items[this.#head];
    if (item === undefined) return undefined;
    this.#head++;
    this.#rows -= item.rows;
    this.#compact();
    return item;
  }

  /**
   * Takes out the items that belong to a batch, oldest first, up to `rows` rows in all. Ends at the first one that belongs and is too large, so
   * that a small item never overtakes a large one of its kind, or after passing over `mostPassed` others, which keep their places.
   */
  takeMore({ rows, mostPassed, judge }: TakeMore<T>): readonly T[] {
    const taken: T[] = [];
    const passed: T[] = [];
    let room = rows;
    let at = this.#head;
    for (let item = this.#items[at]; item !== undefined && room > 0; item = this.#items[++at]) {
      const verdict = judge(item);
      if (verdict === 'pass') {
        if (passed.length === mostPassed) break;
        passed.push(item);
        continue;
      }
      if (verdict === 'take') {
        if (item.rows > room) break;
        room -= item.rows;
        taken.push(item);
      }
      this.#rows -= item.rows;
    }
    this.#head = at - passed.length;
    for (const [offset, item] of passed.entries()) this.#items[this.#head + offset] = item;
    this.#compact();
    return taken;
  }

  /** Takes out every item for which `isGone` holds; the rest keep their order. */
  remove(isGone: (item: T) => boolean): readonly T[] {
    const gone: T[] = [];
    const kept: T[] = [];
    for (const item of this.#items.slice(this.#head)) (isGone(item) ? gone : kept).push(item);
    this.#items = kept;
    this.#head = 0;
    this.#rows = kept.reduce((sum, item) => sum + item.rows, 0);
    return gone;
  }

  /** Copying only when half is spent keeps taking at constant cost on average. */
  #compact(): void {
    if (this.#head * 2 < this.#items.length) return;
    this.#items = this.#items.slice(this.#head);
    this.#head = 0;
  }
}
