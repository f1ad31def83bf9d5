/** Two states of an object → the smallest strategic merge patch from one to the other. */
import { isSame } from './json-patch.ts';
import { mergeKey } from './merge-keys.ts';
import { type Data, type DataObject, isList, isObject, strategicMerge } from './strategic-merge.ts';

/** Undefined when they are the same, or when no such patch leads there (an order of a list that changed). */
export function difference(kind: string, from: DataObject, to: DataObject): DataObject | undefined {
  const patch = objectDifference(kind, from, to);
  if (Object.keys(patch).length === 0) return undefined;
  return isSame(strategicMerge(kind, from, patch), to) ? patch : undefined;
}

function objectDifference(kind: string, from: DataObject, to: DataObject): DataObject {
  const removed = Object.keys(from)
    .filter((key) => !Object.hasOwn(to, key))
    .map((key) => [key, null] as const);
  const changed = Object.entries(to).flatMap(([key, value]): readonly (readonly [string, Data])[] => {
    const old = from[key];
    if (isSame(old, value)) return [];
    if (isObject(old) && isObject(value)) return [[key, objectDifference(kind, old, value)]];
    const by = mergeKey(kind, key);
    if (by !== undefined && isList(old) && isList(value)) return [[key, listDifference(kind, by, old, value)]];
    return [[key, value]];
  });
  return Object.fromEntries([...changed, ...removed]);
}

function listDifference(kind: string, by: string, from: readonly Data[], to: readonly Data[]): readonly Data[] {
  const find = (list: readonly Data[], key: Data | undefined): DataObject | undefined =>
    list.filter(isObject).find((entry) => entry[by] === key);
  const changed = to.filter(isObject).flatMap((entry): readonly DataObject[] => {
    const old = find(from, entry[by]);
    if (old === undefined) return [entry];
    if (isSame(old, entry)) return [];
    return [{ [by]: entry[by] ?? null, ...objectDifference(kind, old, entry) }];
  });
  const removed = from
    .filter(isObject)
    .filter((entry) => find(to, entry[by]) === undefined)
    .map((entry) => ({ [by]: entry[by] ?? null, $patch: 'delete' }));
  return [...changed, ...removed];
}
