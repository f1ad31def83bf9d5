/** Server-side apply: an object, what a manager wants of it, and who owns which field → the merged object, or the conflicts. */
import { isDeepStrictEqual } from 'node:util';
import { Refused, type Stored } from './objects.ts';

/** Manager → fields that it has set: `.spec.template.spec.containers[name="server"].image`. */
export type Owners = ReadonlyMap<string, ReadonlySet<string>>;

type Json = unknown;
type Members = Readonly<Record<string, Json>>;

/** Keys of lists whose entries are merged; other lists are one value. */
const KEYS: Readonly<Record<string, string>> = {
  containers: 'name',
  initContainers: 'name',
  volumes: 'name',
  env: 'name',
  volumeMounts: 'mountPath',
  imagePullSecrets: 'name',
  topologySpreadConstraints: 'topologyKey',
  conditions: 'type',
};
/** The API server's own. */
const UNOWNED = new Set(['.apiVersion', '.kind', '.metadata.name', '.metadata.namespace', '.metadata.managedFields']);

/** The parts of every path that was seen, as `fieldsV1` names them: `f:spec`, `k:{"name":"server"}`. */
const PARTS = new Map<string, readonly string[]>();

export function fieldsOf(object: Stored): ReadonlyMap<string, Json> {
  const found = new Map<string, Json>();
  walk({ path: '', parts: [], name: '' }, object, found);
  for (const field of UNOWNED) found.delete(field);
  return found;
}

interface Place {
  readonly path: string;
  readonly parts: readonly string[];
  /** Of the member. */
  readonly name: string;
}

function walk({ path, parts, name }: Place, value: Json, found: Map<string, Json>): void {
  const key = KEYS[name];
  if (Array.isArray(value) && key !== undefined) {
    for (const entry of value as Members[]) {
      const id = JSON.stringify({ [key]: entry[key] });
      const own = `${path}[${key}=${JSON.stringify(entry[key])}]`;
      walk({ path: own, parts: [...parts, `k:${id}`], name: '' }, entry, found);
    }
  } else if (isMembers(value) && Object.keys(value).length > 0) {
    for (const [member, each] of Object.entries(value)) {
      walk({ path: `${path}.${member}`, parts: [...parts, `f:${member}`], name: member }, each, found);
    }
  } else {
    PARTS.set(path, parts);
    found.set(path, value);
  }
}

/** Fields as `metadata.managedFields` has them. */
export function fieldsV1(fields: ReadonlySet<string>): object {
  const root: Record<string, object> = {};
  for (const field of fields) {
    let at = root;
    for (const part of PARTS.get(field) ?? []) {
      at[part] ??= part.startsWith('k:') ? { '.': {} } : {};
      at = at[part] as Record<string, object>;
    }
  }
  return root;
}

export interface Applied {
  readonly object: Stored;
  readonly owners: Owners;
}

/** Throws the conflicts as the API server words them. */
export function serverSideApply(
  before: { readonly object: Stored | undefined; readonly owners: Owners },
  wanted: Stored,
  { manager, force }: { readonly manager: string; readonly force: boolean },
): Applied {
  const fields = fieldsOf(wanted);
  const live = before.object === undefined ? new Map<string, Json>() : fieldsOf(before.object);
  const conflicts = [...before.owners].flatMap(([other, owned]) =>
    other === manager
      ? []
      : [...fields]
          .filter(([field, value]) => owned.has(field) && !isDeepStrictEqual(live.get(field), value))
          .map(([field]) => ({ other, field })),
  );
  if (conflicts.length > 0 && !force) throw conflict(conflicts, wanted.apiVersion);
  const mine = before.owners.get(manager) ?? new Set<string>();
  const theirs = new Set([...before.owners].flatMap(([other, owned]) => (other === manager ? [] : [...owned])));
  const dropped = [...mine].filter((field) => !fields.has(field) && !theirs.has(field));
  const merged = merge(before.object === undefined ? {} : without('', '', before.object, new Set(dropped)), wanted, '');
  const taken = new Set(conflicts.map(({ field }) => field));
  const owners = new Map<string, ReadonlySet<string>>();
  for (const [other, owned] of before.owners) {
    if (other !== manager) owners.set(other, new Set([...owned].filter((field) => !taken.has(field))));
  }
  return { object: merged as Stored, owners: owners.set(manager, new Set(fields.keys())) };
}

function conflict(conflicts: readonly { readonly other: string; readonly field: string }[], version: string): Refused {
  const count = conflicts.length === 1 ? '1 conflict' : `${conflicts.length} conflicts`;
  const [first] = conflicts;
  const list =
    conflicts.length === 1
      ? ` conflict with "${first?.other}" using ${version}: ${first?.field}`
      : ` conflicts with "${first?.other}" using ${version}:\n${conflicts.map(({ field }) => `- ${field}`).join('\n')}`;
  return new Refused({
    code: 409,
    reason: 'Conflict',
    message: `Apply failed with ${count}:${list}`,
    details: {
      causes: conflicts.map(({ other, field }) => ({
        reason: 'FieldManagerConflict',
        message: `conflict with "${other}" using ${version}`,
        field,
      })),
    },
  });
}

/** A value without the fields at these paths, and without what becomes empty by it. */
function without(path: string, name: string, value: Json, fields: ReadonlySet<string>): Json {
  const key = KEYS[name];
  if (Array.isArray(value) && key !== undefined) {
    return value
      .map((entry: Members) => without(`${path}[${key}=${JSON.stringify(entry[key])}]`, '', entry, fields))
      .filter((entry) => !isMembers(entry) || Object.keys(entry).length > 0);
  }
  if (!isMembers(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([member]) => !fields.has(`${path}.${member}`))
      .map(([member, each]) => [member, without(`${path}.${member}`, member, each, fields)]),
  );
}

/** `over` merged into `value`, lists with keys by entry. Also what a strategic merge patch does. */
export function merge(value: Json, over: Json, name: string): Json {
  const key = KEYS[name];
  if (Array.isArray(value) && Array.isArray(over) && key !== undefined) {
    const all = [...(value as Members[])];
    for (const entry of over as Members[]) {
      const at = all.findIndex((each) => each[key] === entry[key]);
      if (at < 0) all.push(entry);
      else all[at] = merge(all[at], entry, '') as Members;
    }
    return all;
  }
  if (!isMembers(value) || !isMembers(over)) return over;
  const result: Record<string, Json> = { ...value };
  for (const [member, each] of Object.entries(over)) {
    if (each === null) delete result[member];
    else result[member] = member in result ? merge(result[member], each, member) : each;
  }
  return result;
}

function isMembers(value: Json): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
