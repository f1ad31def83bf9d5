/** Memory that is given back before the garbage collector comes: only what nobody else sees. */
import { expect, it } from 'vitest';
import { freeBytes, SMALLEST_FREED } from '../../src/io/free-bytes.ts';

const canFree = 'transfer' in ArrayBuffer.prototype;

it.skipIf(!canFree)('frees bytes that are alone in their memory', () => {
  const alone = new Uint8Array(SMALLEST_FREED).fill(7);
  const { buffer } = alone;
  freeBytes(alone);
  expect([alone.length, buffer.byteLength]).toEqual([0, 0]);
});

it('leaves alone what shares its memory, and what is small', () => {
  const whole = new Uint8Array(2 * SMALLEST_FREED).fill(7);
  const part = whole.subarray(SMALLEST_FREED);
  const small = new Uint8Array(SMALLEST_FREED - 1).fill(7);
  for (const bytes of [part, small]) freeBytes(bytes);
  expect([whole, part, small].map((bytes) => bytes.every((byte) => byte === 7))).toEqual([true, true, true]);
  expect([whole.length, small.length]).toEqual([2 * SMALLEST_FREED, SMALLEST_FREED - 1]);
});
