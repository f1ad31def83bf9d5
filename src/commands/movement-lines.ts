/** How predictions moved → cells and words for the renderers of `diff`. Pure. */
import type { MemberMovement } from '../compare/member-movement.ts';
import type { Movement } from '../compare/movement.ts';
import type { Leaf } from '../compare/prediction-leaves.ts';
import type { MovedRow } from '../compare/worst-rows.ts';
import { plain, quote } from '../model/rules/quote.ts';
import { countText, plural } from '../plural.ts';

/** `38 rows, of which 36 compared; 2 (5.56 %) with another label`. */
export function movementHead({ rows, compared, otherLabels }: Movement): string {
  const some =
    compared === rows ? plural(rows, 'row') : `${plural(rows, 'row')}, of which ${countText(compared)} compared`;
  return `${some}; ${countText(otherLabels)} (${shareText(otherLabels, compared)}) with another label`;
}

/** Member, changed, largest and mean difference, rank correlation; empty cells for what a label does not have. */
export function memberCells(member: MemberMovement): readonly string[] {
  const { values, changed, maxDifference, meanDifference, rankCorrelation, incomparable } = member;
  return [
    plain(member.member, 60),
    `${countText(changed)} of ${countText(values)} (${shareText(changed, values)})`,
    maxDifference === null ? '' : figure(maxDifference),
    meanDifference === null ? '' : figure(meanDifference),
    rankCorrelation === null ? '' : rankCorrelation.toFixed(4),
    incomparable === 0 ? '' : `${plural(incomparable, 'value')} finite on one side alone`,
  ];
}

/** `label "a" → "b", score 0.4 → 0.6`. */
export function rowText({ values }: MovedRow): string {
  return values.map(({ member, was, is }) => `${plain(member, 60)} ${leafText(was)} → ${leafText(is)}`).join(', ');
}

function leafText(leaf: Leaf): string {
  if (typeof leaf === 'string') return quote(leaf);
  return typeof leaf === 'number' && !Number.isInteger(leaf) ? figure(leaf) : String(leaf);
}

function figure(value: number): string {
  return String(Number(value.toPrecision(4)));
}

function shareText(part: number, whole: number): string {
  return `${Number((whole === 0 ? 0 : (part / whole) * 100).toFixed(2))} %`;
}
