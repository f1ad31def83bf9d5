/** JSON values one after another → the typed array of an element type, growing with them. One sink makes one tensor. */
import type { ServableType } from '../../model/element-type.ts';
import { allocate, type TensorData } from '../../model/tensor.ts';
import { ELEMENT_READERS, type ElementReader } from './element-readers.ts';
import type { JsonReader } from './json-reader.ts';

export class TensorSink {
  readonly type: ServableType;
  /** Whether the bare tokens NaN and Infinity are taken where the type has them. */
  readonly nonFinite: boolean;
  readonly #reader: ElementReader;
  #data: TensorData;
  /** Elements taken, those that did not fit included. */
  length = 0;

  /** `capacity`: elements expected. */
  constructor(type: ServableType, capacity: number, nonFinite: boolean) {
    this.type = type;
    this.#reader = ELEMENT_READERS[type];
    this.nonFinite = nonFinite;
    this.#data = allocate(type, capacity);
  }

  get expected(): string {
    return this.#reader.expected;
  }

  /** Takes the value at the cursor as the next element; false when it does not fit the type. */
  push(reader: JsonReader): boolean {
    if (this.length === this.#data.length) this.#grow();
    return this.#reader.read(reader, this.#data, this.length++, this.nonFinite);
  }

  #grow(): void {
    const old = this.#data;
    const size = Math.max(16, old.length * 2);
    if (Array.isArray(old)) {
      for (let at = old.length; at < size; at++) old.push('');
      return;
    }
    const data = allocate(this.type, size) as Float32Array;
    data.set(old as Float32Array);
    this.#data = data;
  }

  /** The elements, in an array of exactly their number. */
  take(): TensorData {
    return this.#data.length === this.length ? this.#data : this.#data.slice(0, this.length);
  }
}
