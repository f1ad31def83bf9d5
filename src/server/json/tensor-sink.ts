/** JSON values one after another → the typed array of an element type, growing with them. One sink makes one tensor. */
import type { ServableType } from '../../model/element-type.ts';
import { allocate, type TensorData } from '../../model/tensor.ts';
import { ELEMENT_READERS, type ElementReader } from './element-readers.ts';
import type { JsonReader } from './json-reader.ts';
import { RUN_KINDS, type RunKind, readRun } from './number-run.ts';

/**
 * Elements that are read in one call: one call for a whole image would run in code that V8 makes for that one call, and makes again after each
 * collection of garbage.
 */
const PIECE = 512;

/** Where integers of a run stand until they are assigned to the typed array, which converts them all at once. */
const RUN = new Float64Array(PIECE);

export class TensorSink {
  readonly type: ServableType;
  /** Whether the bare tokens NaN and Infinity are taken where the type has them. */
  readonly nonFinite: boolean;
  readonly #reader: ElementReader;
  readonly #run: RunKind | undefined;
  #data: TensorData;
  /** Elements taken, those that did not fit included. */
  length = 0;

  /** `capacity`: elements expected. */
  constructor(type: ServableType, capacity: number, nonFinite: boolean) {
    this.type = type;
    this.#reader = ELEMENT_READERS[type];
    this.#run = RUN_KINDS[type];
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

  /** Takes up to `most` plain numbers that follow the element before the cursor, and returns how many: the quick way past most of an array. */
  pushRun(reader: JsonReader, most: number): number {
    const kind = this.#run;
    if (kind === undefined) return 0;
    const start = this.length;
    for (let count = 1; count > 0 && this.length - start < most; this.length += count) {
      if (this.length === this.#data.length) this.#grow();
      const end = Math.min(start + most, this.#data.length, this.length + PIECE);
      count = kind.isDirect ? this.#readRun(reader, end, kind) : this.#convertRun(reader, end, kind);
    }
    return this.length - start;
  }

  #readRun(reader: JsonReader, end: number, kind: RunKind): number {
    return readRun(reader, this.#data as Float32Array, [this.length, end], kind);
  }

  #convertRun(reader: JsonReader, end: number, kind: RunKind): number {
    const count = readRun(reader, RUN, [0, end - this.length], kind);
    if (count > 0) (this.#data as Int32Array).set(count === RUN.length ? RUN : RUN.subarray(0, count), this.length);
    return count;
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
