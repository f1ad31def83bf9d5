import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { elementTypeFromProtocol, type ServableType } from '../../../src/model/element-type.ts';
import { writeBinary } from '../../../src/server/binary/write-binary.ts';
import { identity } from '../../support/fake-engine.ts';
import { type ModelUnderTest, tensorValue } from '../support.ts';
import { grpcOf } from './support.ts';

/** Written by Triton's Python client. */
interface GoldenCase {
  readonly datatype: string;
  readonly shape: readonly number[];
  readonly bytes: string;
  readonly raw: string;
  readonly typed: string | null;
  readonly response: string;
}
const file = resolve(import.meta.dirname, '../../../fixtures/grpc/messages.json');
const { cases } = JSON.parse(readFileSync(file, 'utf8')) as { readonly cases: readonly GoldenCase[] };

const model = (type: ServableType): ModelUnderTest => ({
  name: 'm',
  compute: identity,
  signature: {
    inputs: [tensorValue('INPUT0', type, ['N', 2])],
    defaultedInputs: [],
    outputs: [tensorValue('OUTPUT0', type, ['N', 2])],
  },
});
const typeOf = ({ datatype }: GoldenCase): ServableType => elementTypeFromProtocol(datatype) as ServableType;
const hex = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString('hex');

describe('messages as a Python client writes them', () => {
  it('are there for every datatype', () => {
    expect(cases).toHaveLength(13);
  });

  it.each(cases)('are read and answered byte for byte: $datatype, raw', async (golden) => {
    const under = grpcOf([model(typeOf(golden))]);
    const { code, details, bytes } = await under.call('ModelInfer', Buffer.from(golden.raw, 'hex'));
    expect([code, details]).toEqual([0, '']);
    const input = under.engine.last?.get('INPUT0');
    expect(input?.dims).toEqual(golden.shape);
    expect(hex(input && writeBinary(input))).toBe(golden.bytes);
    expect(hex(bytes)).toBe(golden.response);
  });

  it.each(cases.filter(({ typed }) => typed !== null))('and $datatype in its typed field', async (golden) => {
    const under = grpcOf([model(typeOf(golden))]);
    const { code, details, bytes } = await under.call('ModelInfer', Buffer.from(golden.typed ?? '', 'hex'));
    expect([code, details]).toEqual([0, '']);
    const input = under.engine.last?.get('INPUT0');
    expect(hex(input && writeBinary(input))).toBe(golden.bytes);
    expect(hex(bytes)).toBe(golden.response);
  });

  it.each(cases.filter(({ typed }) => typed !== null))('and $datatype with every element apart', async (golden) => {
    const under = grpcOf([model(typeOf(golden))]);
    const { code, details, bytes } = await under.call('ModelInfer', unpacked(Buffer.from(golden.typed ?? '', 'hex')));
    expect([code, details]).toEqual([0, '']);
    expect(hex(bytes)).toBe(golden.response);
  });
});

/** The same request with its contents as a writer of proto2 makes them, and in two pieces: one field for each element. */
function unpacked(message: Buffer): Buffer {
  const input = fieldsOf(message);
  return Buffer.concat(
    input.map(({ number, bytes }) => {
      if (number !== 5) return field(number, bytes);
      const parts = fieldsOf(bytes).flatMap((part) => (part.number === 5 ? apart(part.bytes) : [part]));
      return field(5, Buffer.concat(parts.map((part) => field(part.number, part.bytes))));
    }),
  );
}

interface Field {
  readonly number: number;
  readonly bytes: Buffer;
}

/** Contents → two contents, the elements of the first half and those of the second. */
function apart(contents: Buffer): Field[] {
  const pieces = fieldsOf(contents).flatMap(({ number, bytes }) => elements(number, bytes));
  const half = Math.floor(pieces.length / 2);
  return [pieces.slice(0, half), pieces.slice(half)].map((some) => ({ number: 5, bytes: Buffer.concat(some) }));
}

function elements(number: number, bytes: Buffer): Buffer[] {
  if (number === 8) return [field(8, bytes)];
  const wire = number === 6 ? 5 : number === 7 ? 1 : 0;
  const pieces: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const start = at;
    if (wire === 0) while ((bytes[at++] as number) >= 0x80);
    else at += wire === 5 ? 4 : 8;
    pieces.push(Buffer.concat([Buffer.of(number * 8 + wire), bytes.subarray(start, at)]));
  }
  return pieces;
}

/** Fields of short messages, each of them length-delimited. */
function fieldsOf(message: Buffer): Field[] {
  const fields: Field[] = [];
  for (let at = 0; at < message.length; ) {
    const tag = message[at] as number;
    const length = message[at + 1] as number;
    expect([tag % 8, length < 0x80]).toEqual([2, true]);
    fields.push({ number: tag >> 3, bytes: message.subarray(at + 2, at + 2 + length) });
    at += 2 + length;
  }
  return fields;
}

function field(number: number, bytes: Buffer): Buffer {
  return Buffer.concat([Buffer.of(number * 8 + 2, bytes.length), bytes]);
}
