/** `mlserve diff`: two models, projects or images → what changed between them, and whether the version says so. */
import { compareSides, type SideDifference } from '../compare/compare-sides.ts';
import type { Side } from '../compare/side.ts';
import type { Io } from '../ports.ts';
import { interruptible } from './interruptible.ts';
import { openSide } from './open-side.ts';

export interface DiffOptions {
  /** Files, project folders, git revisions or images. */
  readonly old: string;
  readonly new: string;
  /** Of a model to compare alone. */
  readonly model?: string | undefined;
}

/** A side as the result names it. */
export type NamedSide = Omit<Side, 'models'>;

export interface DiffResult extends SideDifference {
  readonly old: NamedSide;
  readonly new: NamedSide;
}

/** Throws what opening a side does. */
export async function diff(options: DiffOptions, io: Io): Promise<DiffResult> {
  return interruptible(io, async () => {
    const was = await openSide(options.old, options.model, io);
    try {
      const is = await openSide(options.new, options.model, io);
      try {
        return { old: named(was.side), new: named(is.side), ...compareSides(was.side, is.side) };
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
