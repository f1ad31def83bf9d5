/** Expected × actual predictions → where they differ. */
import type { Issue } from '../issue.ts';
import type { PredictionValue } from './codec.ts';
import { isObject, type Tolerance } from './golden.ts';
import { pointerPart } from './pointer.ts';

export interface Comparison {
  /** The example's file, as findings name it. */
  readonly file: string;
  readonly expected: readonly PredictionValue[];
  readonly actual: readonly PredictionValue[];
  readonly tolerance: Tolerance;
  /** Members of a prediction whose numbers must be equal: integers and indices. */
  readonly exact: ReadonlySet<string>;
}

interface Difference {
  readonly pointer: string;
  readonly message: string;
}

/** Differences shown of one example; a wrong model differs everywhere. */
const SHOWN = 5;
const EXACTLY: Tolerance = { relative: 0, absolute: 0 };

/** Numbers within the tolerance; strings, booleans, nulls and numbers of exact members equal; the same members and lengths. */
export function compareGolden({ file, expected, actual, tolerance, exact }: Comparison): readonly Issue[] {
  const toleranceOf = (pointer: readonly string[]): Tolerance => {
    const member = pointer[1];
    return member !== undefined && exact.has(member) ? EXACTLY : tolerance;
  };
  const found = [...differences(expected, actual, [], toleranceOf)];
  return found.slice(0, SHOWN).map(({ pointer, message }, at) => {
    const rest = at === SHOWN - 1 && found.length > SHOWN ? ` (and ${found.length - SHOWN} more differences)` : '';
    return {
      rule: 'golden.mismatch',
      severity: 'error',
      where: `${file}#/response/predictions${pointer}`,
      message: message + rest,
      hint: 'if the model was meant to change, write its new answer into the example; otherwise find out why it changed',
    };
  });
}

function* differences(
  want: PredictionValue,
  have: PredictionValue,
  path: readonly string[],
  toleranceOf: (path: readonly string[]) => Tolerance,
): Generator<Difference> {
  const pointer = path.map((part) => `/${pointerPart(part)}`).join('');
  if (isList(want) && isList(have)) {
    if (want.length !== have.length) {
      yield { pointer, message: `has ${have.length} elements; the example has ${want.length}` };
      return;
    }
    for (const [at, each] of want.entries()) {
      yield* differences(each, have[at] as PredictionValue, [...path, String(at)], toleranceOf);
    }
  } else if (isObject(want) && isObject(have)) {
    for (const name of new Set([...Object.keys(want), ...Object.keys(have)])) {
      const [a, b] = [want[name], have[name]];
      const place = `${pointer}/${pointerPart(name)}`;
      if (b === undefined) yield { pointer: place, message: 'is missing in the answer' };
      else if (a === undefined) yield { pointer: place, message: 'is in the answer, but not in the example' };
      else yield* differences(a, b, [...path, name], toleranceOf);
    }
  } else if (!isSame(want, have, toleranceOf(path))) {
    yield { pointer, message: `is ${show(have)}; the example has ${show(want)}` };
  }
}

/** bigints are always exact. */
function isSame(want: PredictionValue, have: PredictionValue, { absolute, relative }: Tolerance): boolean {
  if (want === have) return true;
  if (typeof want !== 'number' || typeof have !== 'number') return false;
  return Math.abs(have - want) <= absolute + relative * Math.abs(want);
}

function isList(value: PredictionValue): value is readonly PredictionValue[] {
  return Array.isArray(value);
}

function show(value: PredictionValue): string {
  if (typeof value === 'bigint') return String(value);
  if (typeof value === 'object' && value !== null) return isList(value) ? 'a list' : 'an object';
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
