/** ValueInfoProto and TypeProto (onnx/onnx.proto) → `ValueSpec`. */
import { type ElementType, elementTypeFromOnnx } from './element-type.ts';
import type { WireReader } from './protobuf.ts';
import type { Dimension, NonTensorValue, ValueSpec } from './signature.ts';

interface ReadType {
  readonly kind: 'tensor' | NonTensorValue['kind'];
  readonly elementType: ElementType | undefined;
  readonly shape: readonly Dimension[] | null;
  readonly description: string;
}

const NO_TYPE: ReadType = { kind: 'unknown', elementType: undefined, shape: null, description: 'unknown' };

/** Reads the ValueInfoProto of the current field. A tensor of an element type that has no name here is of kind `unknown`. */
export function readValue(reader: WireReader): ValueSpec {
  let name = '';
  let type: ReadType | undefined;
  reader.charge(64);
  reader.message(() => {
    reader.fields((field) => {
      if (field === 1) name = reader.string();
      else if (field === 2) type = once(reader, type, readType);
    });
  });
  const { kind, elementType, shape, description } = type ?? NO_TYPE;
  if (kind === 'tensor' && elementType !== undefined) return { kind, name, elementType, shape };
  return { kind: kind === 'tensor' ? 'unknown' : kind, name, description };
}

/** protobuf would merge two occurrences of a message; below the main graph no writer makes them, and readers might disagree. */
export function once<T>(reader: WireReader, present: T | undefined, read: (reader: WireReader) => T): T {
  if (present !== undefined) throw reader.fail('a message that may occur once occurs twice');
  return read(reader);
}

function readType(reader: WireReader): ReadType {
  let type = NO_TYPE;
  reader.message(() => {
    reader.fields((field) => {
      if (field === 1) type = readTensorType(reader, 'tensor');
      else if (field === 4) type = wrap('sequence', readInner(reader, 1));
      else if (field === 5) type = readMap(reader);
      else if (field === 7) type = { ...NO_TYPE, kind: 'opaque', description: 'opaque' };
      else if (field === 8) type = readTensorType(reader, 'sparse');
      else if (field === 9) type = wrap('optional', readInner(reader, 1));
      if (field === 7) reader.range();
    });
  });
  return type;
}

function wrap(kind: 'sequence' | 'optional', inner: ReadType): ReadType {
  return { ...NO_TYPE, kind, description: `${kind}(${inner.description})` };
}

function readInner(reader: WireReader, elementField: number): ReadType {
  let inner: ReadType | undefined;
  reader.message(() => {
    reader.fields((field) => {
      if (field === elementField) inner = once(reader, inner, readType);
    });
  });
  return inner ?? NO_TYPE;
}

function readMap(reader: WireReader): ReadType {
  let key = 0;
  let value: ReadType | undefined;
  reader.message(() => {
    reader.fields((field) => {
      if (field === 1) key = reader.int32();
      else if (field === 2) value = once(reader, value, readType);
    });
  });
  const description = `map(${elementName(key)}, ${(value ?? NO_TYPE).description})`;
  return { ...NO_TYPE, kind: 'map', description };
}

function readTensorType(reader: WireReader, kind: 'tensor' | 'sparse'): ReadType {
  let element = 0;
  let shape: Dimension[] | undefined;
  reader.message(() => {
    reader.fields((field) => {
      if (field === 1) element = reader.int32();
      else if (field === 2) shape = once(reader, shape, readShape);
    });
  });
  const description = elementName(element);
  return {
    kind,
    elementType: elementTypeFromOnnx(element),
    shape: shape ?? null,
    description: kind === 'sparse' ? `sparse(${description})` : description,
  };
}

function elementName(onnx: number): string {
  return elementTypeFromOnnx(onnx) ?? (onnx === 0 ? 'undefined' : `type ${onnx}`);
}

/** Paddle writes -1 for a free dimension, and onnxruntime takes it for one. */
function sizeOf(value: number): Dimension {
  return value === -1 ? null : value;
}

function readShape(reader: WireReader): Dimension[] {
  const dims: Dimension[] = [];
  reader.message(() => {
    reader.fields((field) => {
      if (field !== 1) return;
      reader.charge(16);
      let dim: Dimension = null;
      reader.message(() => {
        reader.fields((part) => {
          if (part === 1) dim = sizeOf(Number(reader.int64()));
          else if (part === 2) dim = reader.string() || null;
        });
      });
      dims.push(dim);
    });
  });
  return dims;
}
