/** An object × a path → what stands there, undefined where nothing does; and where it went when its list was changed. */
import type { ObjectPath } from '../manifest.ts';
import { type Data, isList, isObject } from './strategic-merge.ts';

export function valueAt(object: Data, path: ObjectPath): Data | undefined {
  let value: Data | undefined = object;
  for (const part of path) value = (value as Readonly<Record<string | number, Data>> | null | undefined)?.[part];
  return value;
}

/** The same path in `after`, where entries of lists that have a name may stand elsewhere. */
export function pathAfter(path: ObjectPath, before: Data, after: Data): ObjectPath {
  return path.map((part, at) => {
    if (typeof part === 'string') return part;
    const name = nameOf(valueAt(before, path.slice(0, at + 1)));
    return name === undefined
      ? part
      : namedIndex(valueAt(after, pathAfter(path.slice(0, at), before, after)), name, part);
  });
}

/** `otherwise` where there is none of that name. */
export function namedIndex(list: Data | undefined, name: Data, otherwise: number): number {
  const found = isList(list) ? list.findIndex((entry) => nameOf(entry) === name) : -1;
  return found < 0 ? otherwise : found;
}

function nameOf(entry: Data | undefined): Data | undefined {
  return isObject(entry) ? entry.name : undefined;
}
