/** Rows one after the other → the few that moved most: those with changed labels first, then by the largest difference. */
import { differenceOf } from './member-movement.ts';
import type { Leaf, LeafPair } from './prediction-leaves.ts';

export interface MovedRow {
  /** From 1, in the order of the rows. */
  readonly row: number;
  readonly hasOtherLabels: boolean;
  /** The largest of its numbers, infinite where one side is not finite; null without one. */
  readonly difference: number | null;
  /** Its changed labels, and the number that moved most. */
  readonly values: readonly { readonly member: string; readonly was: Leaf; readonly is: Leaf }[];
}

const SHOWN = 5;

/** Undefined for a row that did not move. */
export function movedRow(row: number, pairs: readonly LeafPair[], exact: ReadonlySet<string>): MovedRow | undefined {
  const labels: LeafPair[] = [];
  let largest: LeafPair | undefined;
  let difference = 0;
  for (const pair of pairs) {
    const { was, is, top } = pair;
    if (Object.is(was, is) || was === is) continue;
    const isLabel = exact.has(top) || (typeof was !== 'number' && typeof is !== 'number');
    // A number that is not finite any more is as far away as can be.
    const distance = isLabel ? undefined : (differenceOf(was, is) ?? Number.POSITIVE_INFINITY);
    if (distance === undefined) labels.push(pair);
    else if (distance > difference) [largest, difference] = [pair, distance];
  }
  if (labels.length === 0 && largest === undefined) return undefined;
  const values = [...labels, ...(largest === undefined ? [] : [largest])];
  return {
    row,
    hasOtherLabels: labels.length > 0,
    difference: largest === undefined ? null : difference,
    values: values.map(({ member, was, is }) => ({ member, was, is })),
  };
}

/** Keeps `worst` sorted and short. */
export function insertWorst(worst: MovedRow[], row: MovedRow): void {
  const at = worst.findIndex((each) => isWorse(row, each));
  worst.splice(at < 0 ? worst.length : at, 0, row);
  if (worst.length > SHOWN) worst.pop();
}

function isWorse(a: MovedRow, b: MovedRow): boolean {
  if (a.hasOtherLabels !== b.hasOtherLabels) return a.hasOtherLabels;
  return (a.difference ?? 0) > (b.difference ?? 0);
}
