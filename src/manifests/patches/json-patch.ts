/** An object × a JSON patch (RFC 6902) → the object with the change. */
import { type Data, type DataObject, isList, isObject } from './strategic-merge.ts';

/** Why a patch cannot be applied; the message is for people. */
export class PatchError extends Error {
  override readonly name = 'PatchError';
}

/** The given values are not changed. Throws PatchError. */
export function jsonPatch(target: Data, operations: readonly DataObject[]): Data {
  return operations.reduce<Data>((value, operation, at) => {
    try {
      return applyOperation(value, operation);
    } catch (error) {
      if (!(error instanceof PatchError)) throw error;
      throw new PatchError(`operation ${at + 1}, ${operation.op} ${operation.path}: ${error.message}`);
    }
  }, target);
}

function applyOperation(target: Data, operation: DataObject): Data {
  const { op } = operation;
  const path = pointer(operation, 'path');
  if (op === 'add') return put(target, path, givenValue(operation), 'add');
  if (op === 'replace') return put(target, path, givenValue(operation), 'replace');
  if (op === 'remove') return removeAt(target, path);
  if (op === 'test') {
    const found = at(target, path);
    if (!isSame(found, givenValue(operation))) throw new PatchError(`${text(path)} is ${JSON.stringify(found)}`);
    return target;
  }
  if (op === 'copy' || op === 'move') {
    const from = pointer(operation, 'from');
    const value = at(target, from);
    if (op === 'move' && path.length > from.length && from.every((part, index) => part === path[index])) {
      throw new PatchError(`${text(from)} cannot be moved into itself`);
    }
    return put(op === 'move' ? removeAt(target, from) : target, path, value, 'add');
  }
  throw new PatchError(`op must be add, remove, replace, move, copy or test, not ${JSON.stringify(op)}`);
}

function givenValue(operation: DataObject): Data {
  const { value } = operation;
  if (value === undefined) throw new PatchError(`"value" is missing in ${JSON.stringify(operation)}`);
  return value;
}

function pointer(operation: DataObject, member: 'path' | 'from'): readonly string[] {
  const written = operation[member];
  if (typeof written !== 'string' || !/^(\/([^~/]|~[01])*)*$/.test(written)) {
    throw new PatchError(`"${member}" must be a JSON pointer such as /spec/replicas, not ${JSON.stringify(written)}`);
  }
  return written
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function at(target: Data, path: readonly string[]): Data {
  let value: Data | undefined = target;
  for (const part of path) value = isList(value) ? value[index(part, value.length - 1)] : member(value, part);
  if (value === undefined) throw new PatchError(`there is nothing at ${text(path)}`);
  return value;
}

function member(value: Data | undefined, key: string): Data | undefined {
  return isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

function put(target: Data, [first, ...rest]: readonly string[], value: Data, op: 'add' | 'replace'): Data {
  if (first === undefined) return value;
  if (isList(target)) {
    const isEnd = rest.length === 0 && op === 'add';
    const place = isEnd && first === '-' ? target.length : index(first, isEnd ? target.length : target.length - 1);
    const old = target[place];
    if (isEnd) return target.toSpliced(place, 0, value);
    return target.with(place, put(old as Data, rest, value, op));
  }
  const old = member(target, first);
  if (!isObject(target) || (old === undefined && (rest.length > 0 || op === 'replace'))) {
    throw new PatchError(`there is no ${JSON.stringify(first)}`);
  }
  return { ...target, [first]: put(old ?? null, rest, value, op) };
}

function removeAt(target: Data, [first, ...rest]: readonly string[]): Data {
  if (first === undefined) throw new PatchError('the whole object cannot be removed');
  if (isList(target)) {
    const place = index(first, target.length - 1);
    return rest.length === 0 ? target.toSpliced(place, 1) : target.with(place, removeAt(target[place] as Data, rest));
  }
  const old = member(target, first);
  if (old === undefined || !isObject(target)) throw new PatchError(`there is no ${JSON.stringify(first)}`);
  if (rest.length > 0) return { ...target, [first]: removeAt(old, rest) };
  return Object.fromEntries(Object.entries(target).filter(([key]) => key !== first));
}

function index(part: string, last: number): number {
  if (/^(0|[1-9]\d*)$/.test(part) && Number(part) <= last) return Number(part);
  throw new PatchError(`${JSON.stringify(part)} is no position in a list of ${last + 1}`);
}

function text(path: readonly string[]): string {
  return `/${path.join('/')}`;
}

export function isSame(one: Data | undefined, other: Data | undefined): boolean {
  if (isList(one) && isList(other))
    return one.length === other.length && one.every((entry, i) => isSame(entry, other[i]));
  if (!isObject(one) || !isObject(other)) return one === other;
  const keys = Object.keys(one);
  return keys.length === Object.keys(other).length && keys.every((key) => isSame(one[key], other[key]));
}
