/** float32 value → the double that prints with the fewest digits and is still the same float32: 0.1, not 0.10000000149011612. */

/** Powers of ten that a double holds exactly. */
const POWERS = Array.from({ length: 23 }, (_, exponent) => Number(`1e${exponent}`));

/**
 * The shortest decimal of 6 to 9 significant digits that reads back as the float32 `v`, as a double.
 * Non-finite numbers and numbers that are no float32 come back as `Math.fround` has them.
 */
export function shortestFloat32(v: number): number {
  const value = Math.fround(v);
  const magnitude = Math.abs(value);
  if (magnitude < 16777216 && Number.isInteger(value)) return value;
  // Outside, scaling by a power of ten is not exact enough.
  if (!(magnitude >= 1e-12 && magnitude < 1e22)) return bySearch(value);
  const exponent = decimalExponent(magnitude);
  for (let digits = 6; digits <= 9; digits++) {
    const shift = digits - 1 - exponent;
    const power = POWERS[Math.abs(shift)] as number;
    const scaled = shift >= 0 ? magnitude * power : magnitude / power;
    const rounded = Math.round(scaled);
    // So near the middle, the rounding error of the product could decide: let the exact algorithm do it.
    if (Math.abs(Math.abs(scaled - rounded) - 0.5) < 1e-6) return bySearch(value);
    // Both operands are exact, so this is the double nearest to the decimal.
    const candidate = shift >= 0 ? rounded / power : rounded * power;
    if (Math.fround(candidate) === magnitude) return value < 0 ? -candidate : candidate;
  }
  return bySearch(value);
}

/** e with 10^e ≤ magnitude < 10^(e+1). The logarithm may be one off next to a power of ten. */
function decimalExponent(magnitude: number): number {
  const exponent = Math.floor(Math.log10(magnitude));
  if (magnitude < powerOfTen(exponent)) return exponent - 1;
  return magnitude >= powerOfTen(exponent + 1) ? exponent + 1 : exponent;
}

function powerOfTen(exponent: number): number {
  return exponent >= 0 ? (POWERS[exponent] as number) : 1 / (POWERS[-exponent] as number);
}

function bySearch(value: number): number {
  if (!Number.isFinite(value)) return value;
  for (let digits = 6; digits <= 8; digits++) {
    const candidate = Number(value.toPrecision(digits));
    if (Math.fround(candidate) === value) return candidate;
  }
  // Nine significant digits tell any two float32 apart.
  return Number(value.toPrecision(9));
}
