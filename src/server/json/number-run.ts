/**
 * A run of `, number` at a reader's cursor → doubles, in one tight loop. Nothing is refused here: the run ends before whatever is not plain, and
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
}

const integers = (min: number, max: number): RunKind => ({ min, max, isInteger: true, isFloat32: false });

/** Types that an array of doubles can be assigned to. The others are read one by one. */
export const RUN_KINDS: { readonly [T in ServableType]?: RunKind } = {
  float32: { min: -3.4e38, max: 3.4e38, isInteger: false, isFloat32: true },
  float64: { min: -Number.MAX_VALUE, max: Number.MAX_VALUE, isInteger: false, isFloat32: false },
  int8: integers(-128, 127),
  int16: integers(-32768, 32767),
  int32: integers(-2147483648, 2147483647),
  uint8: integers(0, 255),
  uint16: integers(0, 65535),
  uint32: integers(0, 4294967295),
};

/** Powers of ten; up to 10^22 they are exact. */
const POWERS = Float64Array.from({ length: 46 }, (_, exponent) => Number(`1e${exponent}`));
const LARGEST_POWER = 45;
const LARGEST_EXACT_POWER = 22;
/** Up to here every integer is a double. */
const LARGEST_EXACT_INTEGER = 2 ** 53;
/** More digits before the point are rare. */
const MOST_WHOLE_DIGITS = 9;
/** More digits than any double needs. */
const MOST_FRACTION_DIGITS = 24;
/** Bound on the relative error of a dozen roundings. */
const MARGIN = 2 ** -49;

const COMMA = 0x2c;
const SPACE = 0x20;
const MINUS = 0x2d;
const PLUS = 0x2b;
const POINT = 0x2e;
const ZERO = 0x30;
const CLOSE_BRACKET = 0x5d;

/**
 * Reads up to `most` elements into `target`, each with the comma before it, and returns how many. The cursor stands right after an element, and
 * afterwards right after the last one taken.
 */
export function readRun(reader: JsonReader, target: Float64Array, most: number, kind: RunKind): number {
  const { bytes } = reader;
  const { min, max, isInteger, isFloat32 } = kind;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  // What is read here is not looked at beyond: there is always a closing bracket, or the careful reader says that it is missing.
  const end = bytes.length - 4;
  let taken = 0;
  let pos = reader.pos;
  while (taken < most && pos < end && bytes[pos] === COMMA) {
    let at = pos + 1;
    while (at < end && bytes[at] === SPACE) at++;
    const isNegative = bytes[at] === MINUS;
    if (isNegative) at++;
    const whole = at;
    let mantissa = 0;
    let digit = (bytes[at] as number) - ZERO;
    while (digit >= 0 && digit <= 9 && at < end) {
      mantissa = (Math.imul(mantissa, 10) + digit) | 0;
      digit = (bytes[++at] as number) - ZERO;
    }
    const wholeDigits = at - whole;
    if (wholeDigits === 0 || wholeDigits > MOST_WHOLE_DIGITS || (wholeDigits > 1 && bytes[whole] === ZERO)) break;
    let value = mantissa;
    let exponent = 0;
    if (digit + ZERO === POINT) {
      const fraction = ++at;
      // Four digits at once, as long as there are four.
      while (at < end) {
        const word = view.getInt32(at, true);
        if ((word & 0xf0f0f0f0) !== 0x30303030 || ((word + 0x06060606) & 0xf0f0f0f0) !== 0x30303030) break;
        const digits = word & 0x0f0f0f0f;
        const pairs = Math.imul(digits, 10) + (digits >>> 8);
        value = value * 10_000 + ((pairs & 0xff) * 100 + ((pairs >>> 16) & 0xff));
        at += 4;
      }
      digit = (bytes[at] as number) - ZERO;
      while (digit >= 0 && digit <= 9 && at < end) {
        value = value * 10 + digit;
        digit = (bytes[++at] as number) - ZERO;
      }
      exponent = fraction - at;
      if (isInteger || exponent === 0 || exponent < -MOST_FRACTION_DIGITS) break;
    }
    if (digit + ZERO === 0x65 || digit + ZERO === 0x45) {
      const sign = bytes[at + 1];
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
    let isExact = value <= LARGEST_EXACT_INTEGER;
    if (exponent !== 0) {
      const size = exponent < 0 ? -exponent : exponent;
      if (size > LARGEST_POWER) break;
      const power = POWERS[size] as number;
      value = exponent < 0 ? value / power : value * power;
      isExact &&= size <= LARGEST_EXACT_POWER;
    }
    if (!isExact && !(isFloat32 && Math.fround(value - value * MARGIN) === Math.fround(value + value * MARGIN))) break;
    if (isNegative) value = -value;
    // Whatever stands after the element is for the careful reader, unless it ends it.
    const next = digit + ZERO;
    if (!(value >= min && value <= max) || (next !== COMMA && next !== CLOSE_BRACKET)) break;
    target[taken++] = value;
    pos = at;
  }
  reader.pos = pos;
  return taken;
}
