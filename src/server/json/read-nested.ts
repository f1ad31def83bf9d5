/** Nested JSON arrays at the cursor → elements in a sink, row-major, with every length checked or learned. */
import { CLOSE_BRACKET, type JsonReader, OPEN_BRACKET } from './json-reader.ts';
import { skipValue } from './read-value.ts';
import type { TensorSink } from './tensor-sink.ts';

/** A length not known yet: the first array of that level decides. */
export const UNKNOWN = -1;

export interface NestedReading {
  readonly reader: JsonReader;
  readonly sink: TensorSink;
  /** Lengths by level; `UNKNOWN` entries are filled in by reading. */
  readonly dims: number[];
  /** Indices of where reading stands, one a level. */
  readonly path: number[];
  /** Told of each element or array that does not fit, which was stepped over; `path` up to `level` says where it is. */
  readonly onProblem: (rule: 'type' | 'shape', level: number, expected: string) => void;
}

/** Reads what stands at `level`: an element when level is the rank, else an array of the next level. */
export function readNested(reading: NestedReading, level: number): void {
  const { reader, sink, dims, path } = reading;
  if (level === dims.length) {
    if (!sink.push(reader)) reading.onProblem('type', level, sink.expected);
    return;
  }
  const length = dims[level] as number;
  if (reader.peek() !== OPEN_BRACKET) {
    skipValue(reader, sink.nonFinite);
    reading.onProblem('shape', level, length === UNKNOWN ? 'an array' : `an array of length ${length}`);
    return;
  }
  const innermost = level === dims.length - 1;
  reader.open(OPEN_BRACKET);
  let count = 0;
  for (; reader.more(count === 0, CLOSE_BRACKET); count++) {
    path[level] = count;
    if (length !== UNKNOWN && count >= length) skipValue(reader, sink.nonFinite);
    else if (!innermost) readNested(reading, level + 1);
    else if (!sink.push(reader)) reading.onProblem('type', level + 1, sink.expected);
    else count += sink.pushRun(reader, (length === UNKNOWN ? Number.POSITIVE_INFINITY : length) - count - 1);
  }
  if (length === UNKNOWN) dims[level] = count;
  else if (count !== length) reading.onProblem('shape', level, `an array of length ${length}`);
}

/** Levels of arrays that open at the cursor, read off the first element of each; the cursor stays. */
export function nestingAt(reader: JsonReader): number {
  const mark = reader.mark();
  let levels = 0;
  for (; reader.peek() === OPEN_BRACKET; levels++) reader.open(OPEN_BRACKET);
  reader.back(mark);
  return levels;
}
