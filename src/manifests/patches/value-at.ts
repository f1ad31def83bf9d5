/** An object × a path → what stands there, undefined where nothing does. */
import type { ObjectPath } from '../manifest.ts';
import type { Data } from './strategic-merge.ts';

export function valueAt(object: Data, path: ObjectPath): Data | undefined {
  let value: Data | undefined = object;
  for (const part of path) value = (value as Readonly<Record<string | number, Data>> | null | undefined)?.[part];
  return value;
}
