/** An object × a strategic merge patch → the object with the change: mappings are merged, lists by their key, null removes. */
import { mergeKey } from './merge-keys.ts';

/** What YAML and JSON say. */
export type Data = string | number | boolean | null | readonly Data[] | { readonly [key: string]: Data };
export type DataObject = { readonly [key: string]: Data };

/** What a patch says about its own place: `merge` is the default. */
const DIRECTIVE = '$patch';

/** The given values are not changed. */
export function strategicMerge(kind: string, target: DataObject, patch: DataObject): DataObject {
  if (patch[DIRECTIVE] === 'replace') return withoutDirective(patch);
  if (patch[DIRECTIVE] === 'delete') return {};
  const merged = new Map(Object.entries(target));
  for (const [key, change] of Object.entries(patch)) {
    if (key === DIRECTIVE) continue;
    const value = mergedMember(kind, key, merged.get(key), change);
    if (value === undefined) merged.delete(key);
    else merged.set(key, value);
  }
  return Object.fromEntries(merged);
}

function mergedMember(kind: string, key: string, old: Data | undefined, change: Data): Data | undefined {
  if (change === null) return undefined;
  if (isObject(change)) {
    if (change[DIRECTIVE] === 'delete') return undefined;
    return strategicMerge(kind, isObject(old) ? old : {}, change);
  }
  const by = mergeKey(kind, key);
  if (!isList(change) || by === undefined) return change;
  return mergeLists({ kind, by, old: isList(old) ? old : [], changes: change });
}

interface Lists {
  readonly kind: string;
  readonly by: string;
  readonly old: readonly Data[];
  readonly changes: readonly Data[];
}

/** Entries of the target stay where they are; new ones come first, as kustomize puts them. */
function mergeLists({ kind, by, old, changes }: Lists): readonly Data[] {
  const entries = changes.filter(isObject);
  if (entries.some((entry) => Object.keys(entry).length === 1 && entry[DIRECTIVE] === 'replace')) {
    return entries.filter((entry) => entry[DIRECTIVE] === undefined);
  }
  const keyOf = (entry: Data): Data | undefined => (isObject(entry) ? entry[by] : undefined);
  const changeOf = (entry: Data): DataObject | undefined =>
    keyOf(entry) === undefined ? undefined : entries.find((change) => change[by] === keyOf(entry));
  const kept = old.flatMap((entry): readonly Data[] => {
    const change = changeOf(entry);
    if (change === undefined || !isObject(entry)) return [entry];
    return change[DIRECTIVE] === 'delete' ? [] : [strategicMerge(kind, entry, change)];
  });
  const added = entries.filter(
    (change) => change[DIRECTIVE] !== 'delete' && !old.some((entry) => keyOf(entry) === change[by]),
  );
  return [...added.map((entry) => strategicMerge(kind, {}, entry)), ...kept];
}

function withoutDirective({ [DIRECTIVE]: _, ...rest }: DataObject): DataObject {
  return rest;
}

export function isObject(value: Data | undefined): value is DataObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isList(value: Data | undefined): value is readonly Data[] {
  return Array.isArray(value);
}
