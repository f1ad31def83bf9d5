/** The predictions of two models for the same rows → how they moved. */
import type { PredictionValue } from '../service/codec.ts';
import { type MemberMovement, MemberTally } from './member-movement.ts';
import { pairLeaves } from './prediction-leaves.ts';
import { insertWorst, type MovedRow, movedRow } from './worst-rows.ts';

export interface Movement {
  readonly rows: number;
  /** Rows that both models answered; the figures below are of these. */
  readonly compared: number;
  /** Rows that one of the models, or both, could not take. */
  readonly unanswered: { readonly old: number; readonly new: number };
  /** Rows of which at least one label is another. */
  readonly otherLabels: number;
  readonly members: readonly MemberMovement[];
  /** At most five. */
  readonly worst: readonly MovedRow[];
}

export interface MovementTally {
  /** Null for a row without a prediction. */
  add(was: PredictionValue, is: PredictionValue): void;
  finish(): Movement;
}

/** `exact`: members whose numbers are labels or indices. */
export function tallyMovement(exact: ReadonlySet<string>): MovementTally {
  const members = new Map<string, MemberTally>();
  const unanswered = { old: 0, new: 0 };
  const worst: MovedRow[] = [];
  let [rows, compared, otherLabels] = [0, 0, 0];
  return {
    add(was, is) {
      rows++;
      if (was === null) unanswered.old++;
      if (is === null) unanswered.new++;
      if (was === null || is === null) return;
      compared++;
      const pairs = [...pairLeaves(was, is)];
      for (const pair of pairs) {
        const tally = members.get(pair.member) ?? new MemberTally(pair.member, exact.has(pair.top));
        members.set(pair.member, tally);
        tally.add(pair.was, pair.is);
      }
      const moved = movedRow(rows, pairs, exact);
      if (moved === undefined) return;
      if (moved.hasOtherLabels) otherLabels++;
      insertWorst(worst, moved);
    },
    finish: () => ({
      rows,
      compared,
      unanswered,
      otherLabels,
      members: [...members.values()].map((tally) => tally.finish()),
      worst,
    }),
  };
}
