/** A resolved spec × the file as written → the values of the spec one by one, each with its path and where it came from. */
import { type ConfigPath, formatPath } from './config-path.ts';
import { SETTINGS } from './settings-table.ts';
import type { ServiceSpec } from './spec.ts';
import type { WrittenService } from './written.ts';

/** `environment (PORT)`: a variable of the platform, not one of ours. */
export type Origin = 'flag' | 'environment' | `environment (${string})` | 'file' | 'default';

const MODEL_SECTIONS = [...new Set(SETTINGS.filter(({ perModel }) => perModel).map(({ path }) => path.split('.')[0]))];

/** Every value of the spec as a path and a value; lists of plain values and mappings of labels are one value each. */
export function* valuesOf(spec: ServiceSpec): Generator<readonly [path: ConfigPath, value: unknown]> {
  yield* walk(spec, []);
}

function* walk(value: unknown, path: ConfigPath): Generator<readonly [ConfigPath, unknown]> {
  if (value === undefined) return;
  if (isSection(value)) {
    for (const [key, member] of Object.entries(value)) yield* walk(member, [...path, key]);
  } else if (Array.isArray(value) && value.some(isSection)) {
    for (const [at, member] of value.entries()) yield* walk(member, [...path, at]);
  } else {
    yield [path, value];
  }
}

function isSection(value: unknown): value is object {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Map);
  return isObject && !('impute' in value);
}

/**
 * By formatted path. What the file does not say is a default, or follows from what it says. Settings that a model has from the service are left
 * out.
 */
export function originsOf(
  spec: ServiceSpec,
  written: WrittenService,
  settings: ReadonlyMap<string, Origin>,
): ReadonlyMap<string, Origin> {
  const origins = new Map<string, Origin>();
  for (const [path] of valuesOf(spec)) {
    const text = formatPath(path);
    const origin = settings.get(text);
    if (origin !== undefined) origins.set(text, origin);
    else if (!isInherited(path)) origins.set(text, isWritten(written, path) ? 'file' : 'default');
  }
  return origins;
}

function isInherited([root, , section]: ConfigPath): boolean {
  return root === 'models' && MODEL_SECTIONS.includes(String(section));
}

function isWritten(written: WrittenService, path: ConfigPath): boolean {
  if (at(written, path) !== undefined) return true;
  // `features.input` is written once for all columns.
  return path.at(-1) === 'input' && at(written, [...path.slice(0, -3), 'input']) !== undefined;
}

function at(written: unknown, path: ConfigPath): unknown {
  let value = written;
  for (const part of path) value = (value as Record<string | number, unknown> | null | undefined)?.[part];
  return value;
}
