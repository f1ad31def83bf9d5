/** `mlserve diff`: two models, projects or images → what changed between them, and whether the version says so. */
import { compareSides, type SideDifference } from '../compare/compare-sides.ts';
import type { Side } from '../compare/side.ts';
import type { Io } from '../ports.ts';
import { interruptible } from './interruptible.ts';
import { type Moved, type MoveOptions, movePredictions } from './move-predictions.ts';
import { openSide } from './open-side.ts';

export interface DiffOptions extends MoveOptions {
  /** Files, project folders, git revisions or images. */
  readonly old: string;
  readonly new: string;
  /** Of a model to compare alone. */
  readonly model?: string | undefined;
}

/** A side as the result names it. */
export type NamedSide = Omit<Side, 'models'>;

export interface DiffResult extends SideDifference, Moved {
  readonly old: NamedSide;
  readonly new: NamedSide;
}

/** Throws what opening a side does. */
export async function diff(options: DiffOptions, io: Io): Promise<DiffResult> {
  return interruptible(io, async (signal) => {
    const was = await openSide(options.old, options.model, io);
    try {
      const is = await openSide(options.new, options.model, io);
      try {
        const difference = compareSides(was.side, is.side);
        const { predictions, issues } = await movePredictions(options, [was, is, difference], { io, signal });
        const sides = { old: named(was.side), new: named(is.side) };
        return { ...sides, ...difference, predictions, issues: [...difference.issues, ...issues] };
      } finally {
        await is.close();
      }
    } finally {
      await was.close();
    }
  });
}

function named({ given, kind, commit, service }: Side): NamedSide {
  return { given, kind, commit, service };
}
