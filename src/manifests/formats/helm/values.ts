/** What environments give → the values of the chart: those of production, and of the others what differs. */
import type { DeploymentFacts } from '../../deployment-facts.ts';
import type { Note } from '../../manifest.ts';
import { isSame } from '../../patches/json-patch.ts';
import { type Data, type DataObject, isObject } from '../../patches/strategic-merge.ts';
import type { GivenValue } from './variants.ts';

export interface ChartValues {
  readonly values: DataObject;
  readonly notes: readonly Note[];
}

/** `enabled`: which of the objects that not all environments have are there. */
export function valuesOf(
  { environment }: Pick<DeploymentFacts, 'environment'>,
  given: readonly GivenValue[],
  enabled: Readonly<Record<string, boolean>>,
): ChartValues {
  const start: DataObject = { environment, ...(Object.keys(enabled).length === 0 ? {} : { enabled }) };
  const values = given.reduce((all, { parameter, value }) => putAt(all, parameter.value, value), start);
  const notes = given.flatMap(({ parameter, notes: own }) =>
    own.map(({ path, text }) => ({ path: [...parameter.value, ...path], text })),
  );
  return { values, notes };
}

function putAt(target: DataObject, [first = '', ...rest]: readonly string[], value: Data): DataObject {
  if (rest.length === 0) return { ...target, [first]: value };
  const old = target[first];
  return { ...target, [first]: putAt(isObject(old) ? old : {}, rest, value) };
}

/** What an environment has not at all stays as production has it: `enabled` says that it is not used. */
export function changedValues(from: DataObject, to: DataObject): DataObject {
  return differing(from, { ...from, ...to });
}

/** As Helm merges it: mappings are merged, lists replaced, null removes a key. */
function differing(from: DataObject, to: DataObject): DataObject {
  const removed = Object.keys(from)
    .filter((key) => !Object.hasOwn(to, key))
    .map((key) => [key, null] as const);
  const changed = Object.entries(to).flatMap(([key, value]): readonly (readonly [string, Data])[] => {
    const old = from[key];
    if (isSame(old, value)) return [];
    return [[key, isObject(old) && isObject(value) ? differing(old, value) : value]];
  });
  return Object.fromEntries([...changed, ...removed]);
}

/** A JSON Schema that takes what has the shape of `values`: a key written wrongly is an error, and not a silent default. */
export function valuesSchema(values: DataObject): DataObject {
  return { $schema: 'http://json-schema.org/draft-07/schema#', ...schemaOf(values, []) };
}

/** Settings and quantities are the business of others. */
const OPEN = ['config', 'resources'];

function schemaOf(value: Data, path: readonly string[]): DataObject {
  if (isObject(value)) {
    if (OPEN.includes(path.join('.'))) return { type: 'object' };
    const properties = Object.entries(value).map(([key, member]) => [key, schemaOf(member, [...path, key])]);
    return {
      type: 'object',
      additionalProperties: false,
      properties: { ...(path.length === 0 ? { global: {} } : {}), ...Object.fromEntries(properties) },
    };
  }
  if (path.join('.') === 'replicas') return { type: ['integer', 'null'] };
  if (Array.isArray(value)) return { type: 'array' };
  return { type: typeof value === 'number' ? 'integer' : typeof value === 'boolean' ? 'boolean' : 'string' };
}
