/** An `AttributeRecord` × the file → its value, decoded when it is asked for. */
import { WireReader } from './protobuf.ts';
import type { AttributeRecord, ByteSource } from './structure.ts';

/** The fields of AttributeProto in which labels and switches are. */
interface AttributeValue {
  readonly i: bigint | undefined;
  readonly ints: readonly bigint[];
  /** Bytes: usually UTF-8. */
  readonly strings: readonly Uint8Array[];
}

/** Bytes of an attribute whose values are worth having in memory: names of classes and categories, never trees or weights. */
const MOST_BYTES = 4 * 2 ** 20;

/** The attribute of that name, decoded; undefined when the node has none, or one of more than 4 MiB. */
export function attributeOf(
  node: { readonly attributes: readonly AttributeRecord[] },
  name: string,
  source: ByteSource,
): AttributeValue | undefined {
  const attribute = node.attributes.find((each) => each.name === name);
  if (attribute === undefined || attribute.range.end - attribute.range.start > MOST_BYTES) return undefined;
  return readAttribute(attribute, source);
}

/** Throws `ProtobufError` when the bytes under the record have changed since it was read. */
function readAttribute(attribute: AttributeRecord, source: ByteSource): AttributeValue {
  const reader = new WireReader(source, attribute.range);
  let i: bigint | undefined;
  const ints: bigint[] = [];
  const strings: Uint8Array[] = [];
  reader.fields((field) => {
    if (field === 3) i = reader.int64();
    else if (field === 8) reader.int64s((value) => ints.push(value));
    else if (field === 9) strings.push(reader.bytes());
  });
  return { i, ints, strings };
}

/** A list of strings, or of integers as their digits; empty for an attribute that is neither or not there. */
export function labelList(value: AttributeValue | undefined): readonly string[] {
  if (value === undefined) return [];
  const decoder = new TextDecoder();
  return value.strings.length > 0 ? value.strings.map((bytes) => decoder.decode(bytes)) : value.ints.map(String);
}
