/** Initializers and Constant nodes of few elements → their numbers, read from the file: shapes, repeats, limits. */
import { WireReader } from './protobuf.ts';
import type { AttributeRecord, ByteRange, ByteSource, NodeRecord, TensorRecord } from './structure.ts';
import { elementTotal } from './tensor-size.ts';

/** More than any shape has; larger constants are data, not sizes. */
const MOST = 64;
const FLOAT32 = 1;
const INT32 = 6;
const INT64 = 7;
const FLOAT64 = 11;

/** Each answers undefined for what is large, external, of another type, or does not fit its dims. */
interface SmallConstants {
  tensor(tensor: TensorRecord): readonly number[] | undefined;
  /** AttributeProto f, i, floats and ints. */
  attribute(attribute: AttributeRecord): readonly number[] | undefined;
  /** A Constant node, in whichever of its attributes the numbers are. */
  constant(node: NodeRecord): readonly number[] | undefined;
}

export function smallConstants(source: ByteSource): SmallConstants {
  // One reader for all, because each has a window of its own.
  const reader = new WireReader(source);
  const inside = (range: ByteRange, take: (field: number) => void): void => {
    reader.position = range.start;
    reader.limit = range.end;
    reader.fields(take);
  };

  const typedValues = ({ range, typed }: TensorRecord): readonly number[] | undefined => {
    for (const count of typed.values()) if (count > MOST) return undefined;
    const values: number[] = [];
    inside(range, (field) => {
      if (field === 4) reader.fixed(4, (bytes) => values.push(bytes.readFloatLE()));
      else if (field === 5 || field === 7) reader.int64s((value) => values.push(Number(value)));
      else if (field === 10) reader.fixed(8, (bytes) => values.push(bytes.readDoubleLE()));
    });
    return values;
  };

  const tensor = (each: TensorRecord): readonly number[] | undefined => {
    const count = elementTotal(each.dims);
    if (count === undefined || count > MOST || each.external !== undefined || each.sparse) return undefined;
    const values = each.raw === undefined ? typedValues(each) : rawValues(each, source);
    return values?.length === count ? values : undefined;
  };

  const attribute = ({ range }: AttributeRecord): readonly number[] | undefined => {
    if (range.end - range.start > MOST * 12) return undefined;
    const values: number[] = [];
    inside(range, (field) => {
      if (field === 2) values.push(reader.float32());
      else if (field === 3) values.push(Number(reader.int64()));
      else if (field === 7) reader.fixed(4, (bytes) => values.push(bytes.readFloatLE()));
      else if (field === 8) reader.int64s((value) => values.push(Number(value)));
    });
    return values;
  };

  const constant = (node: NodeRecord): readonly number[] | undefined => {
    const found = node.attributes.find((each) => each.name.startsWith('value'));
    if (found === undefined) return undefined;
    const [inner] = found.tensors;
    return inner === undefined ? attribute(found) : tensor(inner);
  };

  return { tensor, attribute, constant };
}

function rawValues({ dataType, raw }: TensorRecord, source: ByteSource): readonly number[] | undefined {
  if (raw === undefined || raw.end - raw.start > MOST * 8) return undefined;
  const bytes = source.read(raw.start, raw.end - raw.start);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const width = dataType === INT64 || dataType === FLOAT64 ? 8 : 4;
  if (bytes.length % width !== 0) return undefined;
  const read: Record<number, (offset: number) => number> = {
    [INT64]: (offset) => Number(view.getBigInt64(offset, true)),
    [INT32]: (offset) => view.getInt32(offset, true),
    [FLOAT32]: (offset) => view.getFloat32(offset, true),
    [FLOAT64]: (offset) => view.getFloat64(offset, true),
  };
  const one = read[dataType];
  return one === undefined ? undefined : Array.from({ length: bytes.length / width }, (_, at) => one(at * width));
}
