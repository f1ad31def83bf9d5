import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { LIST, listDigest } from '../../src/model/list-digest.ts';
import { WireReader } from '../../src/model/protobuf.ts';
import { bytesField, concat, varintBytes } from '../../src/model/wire-writer.ts';

/** As many numbers as the nodes of a small forest have. */
const MANY = 100_000;
const VARINT = 0;
const FIXED32 = 5;
const NAME = bytesField(1, 'nodes_values');

const float = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeFloatLE(value);
  return bytes;
};
const int64 = (value: number): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64LE(BigInt(value));
  return bytes;
};
const tag = (field: number, wire: number): Uint8Array => varintBytes(field * 8 + wire);

const numbers = Array.from({ length: MANY }, (_, at) => (at * 7919) % 65_537);
const floats = numbers.map((value) => float(value / 3));
const words = numbers.map((value) => (value % 2 === 0 ? 'LEAF' : 'BRANCH_LEQ'));

const cases = [
  ['integers, a field each', LIST.ints, numbers.flatMap((value) => [tag(8, VARINT), varintBytes(value)])],
  ['integers, packed', LIST.ints, [bytesField(8, concat(numbers.map(varintBytes)))]],
  ['floats, a field each', LIST.floats, floats.flatMap((bytes) => [tag(7, FIXED32), bytes])],
  ['floats, packed', LIST.floats, [bytesField(7, concat(floats))]],
  ['strings', LIST.strings, words.map((word) => bytesField(9, word))],
] as const;

const expectedBytes = {
  [LIST.ints]: numbers.map(int64),
  [LIST.floats]: floats,
  [LIST.strings]: words.flatMap((word) => [int64(word.length), Buffer.from(word)]),
};

function counting(bytes: Uint8Array) {
  const seen = { reads: 0 };
  const read = (offset: number, length: number) => {
    seen.reads++;
    return bytes.subarray(offset, offset + length);
  };
  return { seen, source: { size: bytes.length, read } };
}

it.each(cases)('hashes %s in few reads of the file', (_, list, fields) => {
  const { seen, source } = counting(concat([NAME, ...fields, bytesField(13, 'a text for people')]));
  const expected = createHash('sha256').update(Buffer.concat(expectedBytes[list])).digest('hex');
  expect(listDigest(new WireReader(source), list)).toEqual([MANY, expected]);
  expect(seen.reads).toBeLessThan(30);
});

it('hashes a string that is longer than what is gathered', () => {
  const text = 'x'.repeat(300_000);
  const { source } = counting(concat([bytesField(9, text), bytesField(9, ''), bytesField(9, 'y')]));
  const bytes = Buffer.concat([int64(text.length), Buffer.from(text), int64(0), int64(1), Buffer.from('y')]);
  expect(listDigest(new WireReader(source), LIST.strings)).toEqual([
    3,
    createHash('sha256').update(bytes).digest('hex'),
  ]);
});

it.each([
  ['floats of which the last has no end', LIST.floats, [bytesField(7, Buffer.alloc(6))]],
  ['an integer of eleven bytes', LIST.ints, [tag(8, VARINT), Buffer.alloc(11, 0xff)]],
  ['an integer stored as a float', LIST.ints, [tag(8, FIXED32), float(1)]],
] as const)('refuses %s', (_, list, fields) => {
  expect(() => listDigest(new WireReader(counting(concat(fields)).source), list)).toThrow(
    expect.objectContaining({ fault: 'malformed' }),
  );
});
