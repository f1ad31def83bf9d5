/** Pairs of values of one member → how far they moved: changed labels, differences, rank correlation. */
import type { Leaf } from './prediction-leaves.ts';
import { rankCorrelation } from './rank-correlation.ts';

export interface MemberMovement {
  readonly member: string;
  /** Labels are equal or not; numbers differ by some amount. */
  readonly kind: 'label' | 'number';
  readonly values: number;
  /** Those that differ at all. */
  readonly changed: number;
  /** Of numbers: the largest and the mean absolute difference; null of labels. */
  readonly maxDifference: number | null;
  readonly meanDifference: number | null;
  /** Spearman's, over the first million values; null of labels, and where a side has one value alone. */
  readonly rankCorrelation: number | null;
  /** Of numbers: pairs of which one is no finite number, and the other is not the same. They are in no difference. */
  readonly incomparable: number;
}

/** Numbers kept for their ranks. */
const RANKED = 1_000_000;

/** The absolute difference of two finite numbers; undefined for everything else. */
export function differenceOf(was: Leaf, is: Leaf): number | undefined {
  if (typeof was !== 'number' || typeof is !== 'number' || !Number.isFinite(was) || !Number.isFinite(is))
    return undefined;
  return Math.abs(is - was);
}

export class MemberTally {
  readonly #member: string;
  readonly #isExact: boolean;
  #values = 0;
  #changed = 0;
  #numbers = 0;
  #sum = 0;
  #max = 0;
  #incomparable = 0;
  #was = new Float64Array(64);
  #is = new Float64Array(64);

  /** `isExact`: its numbers are labels or indices. */
  constructor(member: string, isExact: boolean) {
    this.#member = member;
    this.#isExact = isExact;
  }

  add(was: Leaf, is: Leaf): void {
    this.#values++;
    if (!Object.is(was, is) && was !== is) this.#changed++;
    if (this.#isExact || (typeof was !== 'number' && typeof is !== 'number')) return;
    const difference = differenceOf(was, is);
    if (difference === undefined) {
      if (!Object.is(was, is)) this.#incomparable++;
      return;
    }
    this.#keep(was as number, is as number);
    this.#sum += difference;
    this.#max = Math.max(this.#max, difference);
  }

  finish(): MemberMovement {
    const isNumber = this.#numbers > 0 || this.#incomparable > 0;
    const kept = Math.min(this.#numbers, RANKED);
    return {
      member: this.#member,
      kind: isNumber ? 'number' : 'label',
      values: this.#values,
      changed: this.#changed,
      maxDifference: this.#numbers > 0 ? this.#max : null,
      meanDifference: this.#numbers > 0 ? this.#sum / this.#numbers : null,
      rankCorrelation: rankCorrelation(this.#was.subarray(0, kept), this.#is.subarray(0, kept)),
      incomparable: this.#incomparable,
    };
  }

  #keep(was: number, is: number): void {
    const at = this.#numbers++;
    if (at >= RANKED) return;
    if (at === this.#was.length) [this.#was, this.#is] = [grown(this.#was), grown(this.#is)];
    this.#was[at] = was;
    this.#is[at] = is;
  }
}

function grown(values: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(Math.min(values.length * 2, RANKED));
  larger.set(values);
  return larger;
}
