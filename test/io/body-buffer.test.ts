import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BodyBuffer } from '../../src/io/body-buffer.ts';
import { ByteBudget } from '../../src/io/byte-budget.ts';

const piece = fc
  .oneof(fc.constantFrom(1, 7, 16_383, 16_384, 65_536, 100_000), fc.nat(40_000))
  .map((size) => Buffer.alloc(size, size));

describe('pieces of a body', () => {
  it('become one buffer with the same bytes, aligned as asked for, in about their own room', () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), fc.nat(1000), fc.boolean(), (pieces, alignAt, isAnnounced) => {
        const expected = Buffer.concat(pieces);
        const count = pieces.filter(({ length }) => length > 0).length;
        const announced = isAnnounced ? expected.length : undefined;
        const share = new ByteBudget(2 * expected.length + 65_536).share();
        const body = new BodyBuffer({ maxBytes: 2_000_000, share, alignAt, announced }, announced ?? 2_000_000);
        for (const each of pieces) expect(body.add(Buffer.from(each))).toBeUndefined();
        const whole = body.take();
        expect(whole.equals(expected)).toBe(true);
        if (count > 1) expect((whole.byteOffset + alignAt) % 8).toBe(0);
      }),
    );
  });

  it('fit exactly into a budget of their announced length', () => {
    for (const sizes of [[1000], [999, 1], [1, 999], [500, 250, 250], Array(1000).fill(1)]) {
      for (const announced of [1000, undefined]) {
        const share = new ByteBudget(1000).share();
        const body = new BodyBuffer({ maxBytes: 1000, share, announced }, 1000);
        for (const size of sizes) expect(body.add(Buffer.alloc(size))).toBeUndefined();
        expect(body.take().length).toBe(1000);
      }
    }
  });

  it('of which most are only announced take no memory for the rest', () => {
    const announced = 2 ** 28;
    const body = new BodyBuffer(
      { maxBytes: announced, share: new ByteBudget(announced).share(), announced },
      announced,
    );
    const piece = Buffer.alloc(65_536);
    const before = process.memoryUsage().arrayBuffers;
    expect(body.add(piece)).toBeUndefined();
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 ** 24);
  });

  it('are refused past the limit and past the budget, and then not kept', () => {
    const body = (maxBytes: number, budget: number) =>
      new BodyBuffer({ maxBytes, share: new ByteBudget(budget).share() }, maxBytes);
    const tooLarge = body(100_000, 1e6);
    expect(tooLarge.add(Buffer.alloc(60_000))).toBeUndefined();
    expect(tooLarge.add(Buffer.alloc(60_000))).toBe('tooLarge');
    const noRoom = body(1e6, 100_000);
    expect(noRoom.add(Buffer.alloc(60_000))).toBeUndefined();
    expect(noRoom.add(Buffer.alloc(60_000))).toBe('noRoom');
    expect(body(1e6, 100).add(Buffer.alloc(101))).toBe('noRoom');
  });
});
