/** A place in `mlserve.yaml`, and a finding about one. */
import type { Severity } from '../issue.ts';

/** Keys and list positions from the top. */
export type ConfigPath = readonly (string | number)[];

/** A finding before its path has become a line and column. */
export interface ConfigFinding {
  readonly path: ConfigPath;
  readonly rule: string;
  readonly severity: Severity;
  readonly message: string;
  readonly hint: string;
}

/** `models[0].features.columns[2].min`; keys that are no plain words stand in quotes. */
export function formatPath(path: ConfigPath): string {
  let text = '';
  for (const part of path) {
    if (typeof part === 'number') text += `[${part}]`;
    else if (/^[\w-]+$/.test(part)) text += text === '' ? part : `.${part}`;
    else text += `[${JSON.stringify(part)}]`;
  }
  return text;
}

/** The path that `formatPath` wrote, where no key stands in quotes. */
export function parsePath(text: string): ConfigPath {
  return [...text.matchAll(/\[(\d+)\]|[\w-]+/g)].map(([word, position]) =>
    position === undefined ? word : Number(position),
  );
}
