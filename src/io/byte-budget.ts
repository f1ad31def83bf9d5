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

  /** Bytes that are to be given back; false, and nothing changes, when there is no room for them. */
  take(bytes: number): boolean {
    if (!this.hasRoom(bytes)) return false;
    this.#held += bytes;
    return true;
  }

  /** The same, but where nobody else holds any, there is room for any number. */
  takeAlone(bytes: number): boolean {
    if (this.#held > 0) return this.take(bytes);
    this.#held += bytes;
    return true;
  }

  /** What was taken. */
  give(bytes: number): void {
    this.#held -= bytes;
  }

  /** Of nothing yet. */
  share(): ByteShare {
    return new ByteShare(this);
  }

  /** Whether nobody holds more than these. */
  holdsOnly(bytes: number): boolean {
    return this.#held === bytes;
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
    if (this.#isOver || !this.#budget.take(bytes - this.#held)) return false;
    this.#held = bytes;
    return true;
  }

  /** Whether nobody else holds any. */
  isOnly(): boolean {
    return this.#budget.holdsOnly(this.#held);
  }

  /** Once or more. */
  release(): void {
    this.#budget.give(this.#held);
    this.#held = 0;
    this.#isOver = true;
  }
}
