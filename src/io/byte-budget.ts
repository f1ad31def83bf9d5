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
    let held = 0;
    let isOver = false;
    return {
      reach: (bytes) => {
        if (bytes <= held) return true;
        if (isOver || !this.hasRoom(bytes - held)) return false;
        this.#held += bytes - held;
        held = bytes;
        return true;
      },
      isOnly: () => this.#held === held,
      release: () => {
        this.#held -= held;
        held = 0;
        isOver = true;
      },
    };
  }
}

export interface ByteShare {
  /** Makes the share this large; false, and nothing changes, when there is no room or it was given back. */
  readonly reach: (bytes: number) => boolean;
  /** Whether nobody else holds any. */
  readonly isOnly: () => boolean;
  /** Once or more. */
  readonly release: () => void;
}
