/** Parsed JSON × the shape that it should have → what is wrong with it, in words. */

/** Undefined when the value fits, else what is wrong with it, in words, below `path`. */
export type Check = (value: unknown, path: string) => string | undefined;

export const text: Check = (value, path) => (typeof value === 'string' ? undefined : `${path} is not text`);

export const digest: Check = (value, path) =>
  typeof value === 'string' && /^sha256:[0-9a-f]{64}$/.test(value) ? undefined : `${path} is not a digest`;

export const count: Check = (value, path) =>
  Number.isSafeInteger(value) && Number(value) >= 0 ? undefined : `${path} is not a size`;

/** A size that something is divided by. */
export const positive: Check = (value, path) =>
  Number.isSafeInteger(value) && Number(value) > 0 ? undefined : `${path} is not a number of things`;

/** A time, a rate: no less than nothing. */
export const amount: Check = (value, path) =>
  Number.isFinite(value) && Number(value) >= 0 ? undefined : `${path} is not an amount`;

/** May be left out. */
export const optional =
  (check: Check): Check =>
  (value, path) =>
    value === undefined ? undefined : check(value, path);

export const equal =
  (...allowed: readonly unknown[]): Check =>
  (value, path) =>
    allowed.includes(value) ? undefined : `${path} has an unknown value`;

export const list =
  (item: Check): Check =>
  (value, path) => {
    if (!Array.isArray(value)) return `${path} is not a list`;
    return first(value.map((one, at) => () => item(one, `${path}[${at}]`)));
  };

export const record =
  (members: Readonly<Record<string, Check>>): Check =>
  (value, path) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return `${path} is not an object`;
    const stranger = Object.keys(value).find((key) => !Object.hasOwn(members, key));
    if (stranger !== undefined) return `${path} has an unknown member "${stranger}"`;
    return first(
      Object.entries(members).map(
        ([key, check]) =>
          () =>
            check((value as Record<string, unknown>)[key], `${path}.${key}`),
      ),
    );
  };

function first(checks: readonly (() => string | undefined)[]): string | undefined {
  for (const check of checks) {
    const problem = check();
    if (problem !== undefined) return problem;
  }
  return undefined;
}
