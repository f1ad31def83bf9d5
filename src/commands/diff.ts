/** `mlserve diff`: two models, projects or images → what changed between them, and whether the version says so. */
import { compareSides, type SideDifference } from '../compare/compare-sides.ts';
import type { Side } from '../compare/side.ts';
import type { Io } from '../ports.ts';
import { interruptible } from './interruptible.ts';
import { type Moved, type MoveOptions, movePredictions } from './move-predictions.ts';
import { type OpenSide, openSide } from './open-side.ts';

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
  const cleanups: (() => Promise<void>)[] = [];
  const open = (given: string): Promise<OpenSide> =>
    openSide({ given, model: options.model, atEnd: (work) => void cleanups.push(work) }, io);
  try {
    return await interruptible(io, async (signal) => {
      const [was, is] = [await open(options.old), await open(options.new)];
      const difference = compareSides(was.side, is.side);
      const { predictions, issues } = await movePredictions(options, [was, is, difference], { io, signal });
      const sides = { old: named(was.side), new: named(is.side) };
      return { ...sides, ...difference, predictions, issues: [...difference.issues, ...issues] };
    });
  } finally {
    await Promise.all(cleanups.map((work) => work()));
  }
}

function named({ given, kind, commit, service }: Side): NamedSide {
  return { given, kind, commit, service };
}
