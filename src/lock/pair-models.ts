/** Models of a lock or service × models of another → which is which: the same name and version, else the same name with another version. */

/** What a model is known by. */
interface Named {
  readonly name: string;
  readonly version: string | null;
}

export interface ModelPairs<M> {
  /** In the order of the first. */
  readonly pairs: readonly (readonly [was: M, is: M])[];
  /** In the first alone. */
  readonly extra: readonly M[];
  /** In the other alone. */
  readonly missing: readonly M[];
}

export function pairModels<M extends Named>(locked: readonly M[], current: readonly M[]): ModelPairs<M> {
  const partners = new Map<M, M>();
  const free = new Set(current);
  const pairUp = (isSame: (was: M, is: M) => boolean): void => {
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
