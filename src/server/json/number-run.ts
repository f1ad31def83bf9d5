/**
 * A run of `, number` at a reader's cursor → elements of a typed array, in one tight loop. Nothing is refused here: the run ends before whatever is not plain, and
 * the careful reader says what is wrong with it, if anything is.
 */
import type { ServableType } from '../../model/element-type.ts';
import type { JsonReader } from './json-reader.ts';

/** What a run may hold for an element type. */
export interface RunKind {
  /** Bounds within which a number is stored as it is; outside the careful reader decides. */
  readonly min: number;
  readonly max: number;
  /** Whether fractions and exponents end the run. */
  readonly isInteger: boolean;
  /** Whether a double next to the right one is good enough, as long as both round to the same float32. */
  readonly isFloat32: boolean;
  /** Whether the array of the type is one that a run is read into. */
  readonly isDirect: boolean;
}

const floats = (max: number, isFloat32: boolean): RunKind => ({
  ...{ min: -max, max, isInteger: false, isFloat32, isDirect: true },
});
const integers = (min: number, max: number): RunKind => ({
  ...{ min, max, isInteger: true, isFloat32: false, isDirect: false },
});

/** The types that are read in runs. The others are read one by one. */
export const RUN_KINDS: { readonly [T in ServableType]?: RunKind } = {
  float32: floats(3.4e38, true),
  float64: floats(Number.MAX_VALUE, false),
  int8: integers(-128, 127),
  int16: integers(-32768, 32767),
  int32: integers(-2147483648, 2147483647),
  uint8: integers(0, 255),
  uint16: integers(0, 65535),
  uint32: integers(0, 4294967295),
};

/** Powers of ten; up to 10^22 they are exact, and so is their use. */
const POWERS = Float64Array.from({ length: 46 }, (_, exponent) => Number(`1e${exponent}`));
const INVERSES = Float64Array.from({ length: 46 }, (_, exponent) => Number(`1e-${exponent}`));
const LARGEST_POWER = 45;
const LARGEST_EXACT_POWER = 22;
/** Up to here every integer is a double. */
const LARGEST_EXACT_INTEGER = 2 ** 53;
/** More digits before the point are rare. */
const MOST_WHOLE_DIGITS = 9;
/** More digits than any double needs. */
const MOST_FRACTION_DIGITS = 24;
/** Around a product of roundings, each off by 2^-53 at most: what lies between these is certain. */
const [BELOW, ABOVE] = [1 - 2 ** -48, 1 + 2 ** -48];
/** What is read here is not looked at beyond. There are always more bytes after a number; where there are not, the careful reader is quick. */
const LOOKAHEAD = 24;

const SPACE = 0x20;
const ZERO = 0x30;
/** As the characters come out when the code of zero is taken away. */
const [MINUS, PLUS, POINT, LOWER_E, UPPER_E] = [-3, -5, -2, 0x35, 0x15];
const [COMMA_DIGIT, CLOSE_DIGIT] = [-4, 0x2d];

/** Taken from four characters, the first in the lowest byte, it leaves the values of those that are digits. */
const ZEROS = 0x30303030;

/** 0 when all four are digits; else its lowest bit is that of the first which is none. What is said of those behind it may be wrong. */
function strangers(digits: number): number {
  return ((digits + 0x76767676) | digits) & 0x80808080;
}

/** How many digits come before the first stranger. */
function digitsBefore(found: number): number {
  return (31 - Math.clz32(found & -found)) >> 3;
}

/** The number that four digits make. */
function fourDigits(digits: number): number {
  const pairs = (Math.imul(digits, 10) + (digits >>> 8)) | 0;
  return (Math.imul(pairs & 0xff, 100) + ((pairs >>> 16) & 0xff)) | 0;
}

/**
 * Reads elements `[from, to)` of `target`, each with the comma before it, and returns how many came. The cursor stands right after an element, and
 * afterwards right after the last one taken. Written for the processor: digits come by four, sixteen at once where the number before had as many,
 * and what is different from number to number (signs above all) is worked out rather than branched on.
 */
export function readRun(
  reader: JsonReader,
  target: Float32Array | Float64Array,
  [from, to]: readonly [number, number],
  { min, max, isInteger, isFloat32 }: RunKind,
): number {
  const { bytes } = reader;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const end = bytes.length - LOOKAHEAD;
  let taken = from;
  let pos = reader.pos;
  let isLong = false;
  let digit = (bytes[pos] as number) - ZERO;
  while (taken < to && pos < end && digit === COMMA_DIGIT) {
    let at = pos + 1;
    let head = view.getInt32(at, true);
    while ((head & 0xff) === SPACE && at < end) head = view.getInt32(++at, true);
    digit = (head & 0xff) - ZERO;
    const negative = digit >>> 31;
    if (((digit >> 31) & (digit - MINUS)) !== 0) break;
    at += negative;
    head >>>= negative << 3;
    const whole = at;
    let mantissa = (head & 0xff) - ZERO;
    if (!(mantissa >= 0 && mantissa <= 9)) break;
    at++;
    digit = ((head >>> 8) & 0xff) - ZERO;
    if (digit >= 0 && digit <= 9) {
      if (mantissa === 0) break;
      do {
        mantissa = (Math.imul(mantissa, 10) + digit) | 0;
        digit = (bytes[++at] as number) - ZERO;
      } while (digit >= 0 && digit <= 9 && at < end);
      if (at - whole > MOST_WHOLE_DIGITS) break;
    }
    let value = mantissa;
    let exponent = 0;
    if (digit === POINT) {
      const fraction = ++at;
      if (isLong && at < end) {
        const a = view.getInt32(at, true) ^ ZEROS;
        const b = view.getInt32(at + 4, true) ^ ZEROS;
        const c = view.getInt32(at + 8, true) ^ ZEROS;
        const d = view.getInt32(at + 12, true) ^ ZEROS;
        if ((strangers(a) | strangers(b) | strangers(c) | strangers(d)) === 0) {
          const high = Math.imul(fourDigits(a), 10_000) + fourDigits(b);
          const low = Math.imul(fourDigits(c), 10_000) + fourDigits(d);
          value = (value * 1e8 + high) * 1e8 + low;
          at += 16;
        }
      }
      while (at < end) {
        const digits = view.getInt32(at, true) ^ ZEROS;
        const found = strangers(digits);
        if (found !== 0) {
          const count = digitsBefore(found);
          // Zeros come before the digits. Two shifts, for one by 32 would be one by 0.
          value = value * (POWERS[count] as number) + fourDigits((digits << (24 - 8 * count)) << 8);
          at += count;
          break;
        }
        value = value * 10_000 + fourDigits(digits);
        at += 4;
      }
      digit = (bytes[at] as number) - ZERO;
      exponent = fraction - at;
      isLong = exponent <= -16;
      if (isInteger || exponent === 0 || exponent < -MOST_FRACTION_DIGITS) break;
    }
    if (digit !== COMMA_DIGIT && (digit === LOWER_E || digit === UPPER_E)) {
      const sign = (bytes[at + 1] as number) - ZERO;
      at += sign === MINUS || sign === PLUS ? 2 : 1;
      const power = at;
      let scale = 0;
      digit = (bytes[at] as number) - ZERO;
      while (digit >= 0 && digit <= 9 && at < end) {
        scale = scale * 10 + digit;
        digit = (bytes[++at] as number) - ZERO;
      }
      if (isInteger || at === power || at > power + 3) break;
      exponent += sign === MINUS ? -scale : scale;
    }
    if (exponent !== 0) {
      const size = exponent < 0 ? -exponent : exponent;
      if (size > LARGEST_POWER) break;
      const near = value * ((exponent < 0 ? INVERSES : POWERS)[size] as number);
      if (isFloat32 && Math.fround(near * BELOW) === Math.fround(near * ABOVE)) value = near;
      else if (value > LARGEST_EXACT_INTEGER || size > LARGEST_EXACT_POWER) break;
      // Both operands are exact, so this is the double nearest to the decimal.
      else value = exponent < 0 ? value / (POWERS[size] as number) : near;
    } else if (value > LARGEST_EXACT_INTEGER) break;
    value *= 1 - negative - negative;
    // Whatever stands after the element is for the careful reader, unless it ends it.
    if (!(value >= min && value <= max) || (digit !== COMMA_DIGIT && digit !== CLOSE_DIGIT)) break;
    target[taken++] = value;
    pos = at;
  }
  reader.pos = pos;
  return taken - from;
}
