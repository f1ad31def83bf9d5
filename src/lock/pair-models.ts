/** Models of the lock × models on disk → which is which: the same name and version, else the same name with another version. */
import type { LockedModel } from './lock.ts';

export interface ModelPairs {
  /** In the order of the lock. */
  readonly pairs: readonly (readonly [was: LockedModel, is: LockedModel])[];
  /** In the lock alone. */
  readonly extra: readonly LockedModel[];
  /** On disk alone. */
  readonly missing: readonly LockedModel[];
}

export function pairModels(locked: readonly LockedModel[], current: readonly LockedModel[]): ModelPairs {
  const partners = new Map<LockedModel, LockedModel>();
  const free = new Set(current);
  const pairUp = (isSame: (was: LockedModel, is: LockedModel) => boolean): void => {
    for (const was of locked.filter((model) => !partners.has(model))) {
      const is = [...free].find((model) => isSame(was, model));
      if (is === undefined) continue;
      partners.set(was, is);
      free.delete(is);
    }
  };
  pairUp((was, is) => was.name === is.name && was.version === is.version);
  pairUp((was, is) => was.name === is.name);
  return {
    pairs: locked.flatMap((was) => {
      const is = partners.get(was);
      return is === undefined ? [] : [[was, is] as const];
    }),
    extra: locked.filter((model) => !partners.has(model)),
    missing: [...free],
  };
}
