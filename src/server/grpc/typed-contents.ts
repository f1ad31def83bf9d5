/** Where the typed contents of an input lie in a message → its elements, counted and checked before room is made for them. */
import { Buffer } from 'node:buffer';
import { countNumbers } from '../../model/count-numbers.ts';
import { memorySource } from '../../model/memory-source.ts';
import { WIRE, WireReader } from '../../model/protobuf.ts';
import type { ByteRange } from '../../model/structure.ts';
import { allocate, elementBytes, type NumericData, type TensorData } from '../../model/tensor.ts';
import { BOUNDS } from '../../service/element.ts';
import { readString } from '../binary/string-elements.ts';
import type { TensorPlan } from '../model-entry.ts';
import { Refusal } from '../refusal.ts';
import { CONTENTS, LAST_CONTENTS_FIELD } from './contents-fields.ts';
import { type VarintType, varintFiller } from './fill-varints.ts';

export interface TypedContents {
  readonly bytes: Uint8Array;
  readonly contents: readonly ByteRange[];
  /** Elements that the shape asks for. */
  readonly count: number;
  /** Name of the model, for texts. */
  readonly model: string;
}

/** Bytes `[start, end)` of the message. */
type TakePiece = (start: number, end: number) => void;

/** Throws the 400 that says what does not fit; `ProtobufError` where the bytes make no sense. */
export function readTyped(plan: TensorPlan, typed: TypedContents): TensorData {
  checkCount(plan, typed, countElements(plan, typed));
  const { name, type } = plan;
  const { bytes, count } = typed;
  if (type !== 'string') {
    const data = allocate(type, count) as NumericData;
    eachPiece(typed, CONTENTS[type]?.number, filler(plan, data, bytes));
    return data;
  }
  const source = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const strings: string[] = [];
  eachPiece(typed, CONTENTS.string?.number, (start, end) => {
    strings.push(readString(source, start, end, name, strings.length));
  });
  return strings;
}

/** Throws the 400 for elements in a field of another type. */
function countElements({ name, type, datatype }: TensorPlan, { bytes, contents, model }: TypedContents): number {
  const own = CONTENTS[type];
  let count = 0;
  for (const range of contents) {
    const reader = new WireReader(memorySource(bytes), range, 'message');
    reader.fields((field) => {
      if (field > LAST_CONTENTS_FIELD) return;
      if (field === own?.number) {
        if (own.element === 'bytes') reader.skip();
        count += own.element === 'bytes' ? 1 : countNumbers(reader, own.element);
        return;
      }
      const isList = reader.wire === WIRE.bytes && field !== CONTENTS.string?.number;
      if (isList && isEmpty(reader.range())) return;
      const where = own === undefined ? 'raw_input_contents, as for every tensor of that type' : own.name;
      throw new Refusal(
        400,
        `unexpected explicit tensor data for input tensor '${name}' for model '${model}' of type '${datatype}', expected ${where}`,
      );
    });
  }
  return count;
}

function checkCount({ name, type }: TensorPlan, { count, model }: TypedContents, found: number): void {
  if (found === count) return;
  if (found === 0) {
    throw new Refusal(400, `unable to find data for input tensor '${name}' for model '${model}' in request.`);
  }
  const width = elementBytes(type);
  if (width === undefined) {
    const input = `inference input '${name}' for model '${model}'`;
    throw new Refusal(400, `expected ${count} string elements for ${input}, got ${found}`);
  }
  const sizes = `Expected ${count * width}, got ${found * width}`;
  throw new Refusal(400, `input byte size mismatch for input '${name}' for model '${model}'. ${sizes}`);
}

function filler({ name, type }: TensorPlan, data: NumericData, bytes: Uint8Array): TakePiece {
  if (CONTENTS[type]?.element !== 'varint') {
    const target = new Uint8Array(data.buffer);
    let at = 0;
    return (start, end) => {
      target.set(bytes.subarray(start, end), at);
      at += end - start;
    };
  }
  const varintType = type as VarintType;
  const { min, max } = BOUNDS[varintType];
  const misfit = (at: number): Refusal =>
    new Refusal(
      400,
      `Unable to parse the data of input '${name}': element ${at} is not an integer from ${min} to ${max}`,
    );
  const fill = varintFiller(varintType, data, misfit);
  return (start, end) => fill(bytes, start, end);
}

/** Each occurrence of the field: many elements, or one. They were counted, so they can be read. */
function eachPiece({ bytes, contents }: TypedContents, number: number | undefined, take: TakePiece): void {
  for (const range of contents) {
    const reader = new WireReader(memorySource(bytes), range, 'message');
    reader.fields((field) => {
      if (field !== number) return;
      if (reader.wire === WIRE.bytes) {
        const { start, end } = reader.range();
        take(start, end);
        return;
      }
      const start = reader.position;
      reader.skip();
      take(start, reader.position);
    });
  }
}

function isEmpty({ start, end }: ByteRange): boolean {
  return start === end;
}
