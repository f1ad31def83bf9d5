/** Expected × actual predictions → where they differ by more than they may. */
import { plural } from '../plural.ts';
import type { PredictionValue } from './codec.ts';
import { isObject } from './is-object.ts';
import { pointerPart } from './pointer.ts';
import { isList } from './rows/write-json.ts';
import type { RuleOf, ToleranceRule } from './tolerance.ts';

export interface Difference {
  /** JSON pointer into the predictions. */
  readonly pointer: string;
  /** What is there, and what `other` has: `is 0.4; the example has 0.5`. */
  readonly message: string;
}

export interface AnswerPair {
  readonly expected: readonly PredictionValue[];
  readonly actual: readonly PredictionValue[];
  readonly rule: RuleOf;
  /** Who the expected ones are of. */
  readonly other: string;
}

interface Place {
  readonly path: readonly string[];
  readonly pair: Pick<AnswerPair, 'rule' | 'other'>;
}

/** Numbers by the rule of their member; strings, booleans and nulls equal; the same members and lengths. */
export function* differences({ expected, actual, ...pair }: AnswerPair): Generator<Difference> {
  yield* compare(expected, actual, { path: [], pair });
}

function* compare(want: PredictionValue, have: PredictionValue, { path, pair }: Place): Generator<Difference> {
  const pointer = path.map((part) => `/${pointerPart(part)}`).join('');
  const rule = pair.rule(path[1]);
  if (rule === 'argmax' && path.length > 1 && isRanking(want) && isRanking(have)) {
    yield* compareLargest(want, have, { pointer, other: pair.other });
  } else if (isList(want) && isList(have)) {
    if (want.length !== have.length) {
      yield { pointer, message: `has ${plural(have.length, 'element')}; ${pair.other} has ${want.length}` };
      return;
    }
    for (const [at, each] of want.entries()) {
      yield* compare(each, have[at] as PredictionValue, { path: [...path, String(at)], pair });
    }
  } else if (isObject(want) && isObject(have)) {
    for (const name of new Set([...Object.keys(want), ...Object.keys(have)])) {
      const [a, b] = [want[name], have[name]];
      const place = `${pointer}/${pointerPart(name)}`;
      if (b === undefined) yield { pointer: place, message: `is missing; ${pair.other} has it` };
      else if (a === undefined) yield { pointer: place, message: `is there; ${pair.other} has no such member` };
      else yield* compare(a, b, { path: [...path, name], pair });
    }
  } else if (!isSame(want, have, rule)) {
    yield { pointer, message: `is ${show(have)}; ${pair.other} has ${show(want)}` };
  }
}

type Ranking = readonly number[] | { readonly [name: string]: number };

/** Numbers of which one may be the largest. */
function isRanking(value: PredictionValue): value is Ranking {
  if (!isList(value) && !isObject(value)) return false;
  const members = Object.values(value);
  return members.length > 0 && members.every((member) => typeof member === 'number');
}

function* compareLargest(
  want: Ranking,
  have: Ranking,
  { pointer, other }: { readonly pointer: string; readonly other: string },
): Generator<Difference> {
  const [expected, actual] = [largestIn(want), largestIn(have)];
  if (expected === actual && Object.keys(want).length === Object.keys(have).length) return;
  yield { pointer, message: `is largest at ${show(actual)}; ${other} is at ${show(expected)}` };
}

/** The first of several that are equally large. */
function largestIn(ranking: Ranking): string {
  const [first, ...others] = Object.entries(ranking) as [[string, number], ...[string, number][]];
  return others.reduce((best, each) => (each[1] > best[1] ? each : best), first)[0];
}

/** bigints are always exact. */
function isSame(want: PredictionValue, have: PredictionValue, rule: ToleranceRule): boolean {
  if (want === have) return true;
  if (typeof rule === 'string' || typeof want !== 'number' || typeof have !== 'number') return false;
  return Math.abs(have - want) <= rule.absolute + rule.relative * Math.abs(want);
}

function show(value: PredictionValue): string {
  if (typeof value === 'bigint') return String(value);
  if (typeof value === 'object' && value !== null) return isList(value) ? 'a list' : 'an object';
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
