/** Work items with a row count → first in, first out, bounded by the sum of their rows. */

export interface Rows {
  readonly rows: number;
}

/** Not more than `limit` rows wait, except that an item of any size may wait alone. */
export class RowQueue<T extends Rows> {
  readonly #limit: number;
  #items: T[] = [];
  #head = 0;
  #rows = 0;

  constructor(limit: number) {
    this.#limit = limit;
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
    // Copying only when half is spent keeps `take` at constant cost on average.
    if (this.#head * 2 >= this.#items.length) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    return item;
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
}
