/** IEEE 754 binary16: number ↔ the 16-bit pattern that onnxruntime-node carries in a Uint16Array. */
import { shortestFloat32 } from './float32.ts';

const float32 = new Float32Array(1);
const bits32 = new Uint32Array(float32.buffer);

/** Largest finite value. */
export const FLOAT16_MAX = 65504;

/** Numbers of this magnitude and above round to infinity. */
const OVERFLOW = 65520;

/** The pattern of the nearest value, ties to even; undefined for a finite number too large to hold. NaN and infinities are kept. */
export function encodeFloat16(value: number): number | undefined {
  if (Number.isNaN(value)) return 0x7e00;
  const magnitude = Math.abs(value);
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  if (magnitude === Number.POSITIVE_INFINITY) return sign | 0x7c00;
  if (magnitude >= OVERFLOW) return undefined;
  if (magnitude < 2 ** -14) return sign | roundEven(magnitude * 2 ** 24);
  // The exponent of the double is also that of its float32 unless rounding carries, and rounding up is undone here.
  float32[0] = magnitude;
  let exponent = ((bits32[0] as number) >>> 23) - 127;
  if (2 ** exponent > magnitude) exponent -= 1;
  // A mantissa that rounds up to 2048 carries into the exponent by plain addition.
  return sign | (((exponent + 14) << 10) + roundEven(magnitude * 2 ** (10 - exponent)));
}

/** The number a 16-bit pattern stands for, exactly. */
export function decodeFloat16(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >>> 10) & 31;
  const mantissa = bits & 1023;
  if (exponent === 0) return sign * mantissa * 2 ** -24;
  if (exponent === 31) return mantissa === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1024 + mantissa) * 2 ** (exponent - 25);
}

/** What to print for a pattern: the float32 of the same value. Its fewest digits as a half (65500 for 65504) would be off for other readers. */
export function readableFloat16(bits: number): number {
  return shortestFloat32(decodeFloat16(bits));
}

/** Nearest integer of a number in [0, 2^31), ties to even. */
function roundEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  return rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? floor + 1 : floor;
}
