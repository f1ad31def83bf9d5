/** The bytes after the JSON of a request → the blob of each binary input, in the order of the inputs. */
import { Refusal } from '../refusal.ts';

export class Blobs {
  readonly #bytes: Uint8Array;
  readonly #model: string;
  #at = 0;

  constructor(bytes: Uint8Array, model: string) {
    this.#bytes = bytes;
    this.#model = model;
  }

  get isEmpty(): boolean {
    return this.#bytes.length === 0;
  }

  /** The next `size` bytes, not copied. */
  take(size: number, input: string): Uint8Array {
    const start = this.#at;
    if (size > this.#bytes.length - start) {
      throw new Refusal(
        400,
        `unexpected size for input '${input}', expecting ${size} additional bytes for model '${this.#model}'`,
      );
    }
    this.#at = start + size;
    return this.#bytes.subarray(start, this.#at);
  }

  /** To be called after the last input: every byte belongs to one. */
  end(): void {
    if (this.#at < this.#bytes.length) {
      throw new Refusal(400, `unexpected additional input data for model '${this.#model}'`);
    }
  }
}
