/** A limit on bytes that are held at once → shares of it, one for each request, given back as a whole. */

export class ByteBudget {
  readonly #limit: number;
  #held = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Whether a share of so many would fit now. */
  hasRoom(bytes: number): boolean {
    return this.#held + bytes <= this.#limit;
  }

  /** Of nothing yet. */
  share(): ByteShare {
    return new ByteShare(this);
  }

  /** Whether nobody holds more than these. */
  holdsOnly(bytes: number): boolean {
    return this.#held === bytes;
  }

  /** Also fewer than none: back. */
  take(bytes: number): void {
    this.#held += bytes;
  }
}

export class ByteShare {
  readonly #budget: ByteBudget;
  #held = 0;
  #isOver = false;

  constructor(budget: ByteBudget) {
    this.#budget = budget;
  }

  /** Makes the share this large; false, and nothing changes, when there is no room or it was given back. */
  reach(bytes: number): boolean {
    if (bytes <= this.#held) return true;
    if (this.#isOver || !this.#budget.hasRoom(bytes - this.#held)) return false;
    this.#budget.take(bytes - this.#held);
    this.#held = bytes;
    return true;
  }

  /** Whether nobody else holds any. */
  isOnly(): boolean {
    return this.#budget.holdsOnly(this.#held);
  }

  /** Once or more. */
  release(): void {
    this.#budget.take(-this.#held);
    this.#held = 0;
    this.#isOver = true;
  }
}
