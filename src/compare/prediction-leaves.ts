/** Two predictions of one row → their values side by side, by the member they stand in. */
import type { PredictionValue } from '../service/codec.ts';

/** A value that is no list and no object. */
export type Leaf = string | number | boolean | bigint | null;

export interface LeafPair {
  /** `score`, `score.fraud`; all elements of a list go by the name of the list. */
  readonly member: string;
  /** Name of the member of the prediction itself. */
  readonly top: string;
  readonly was: Leaf;
  readonly is: Leaf;
}

/** Members that both have. A list of another length, or a value in place of one, is a pair of nulls and words. */
export function* pairLeaves(was: PredictionValue, is: PredictionValue): Generator<LeafPair> {
  if (!isObject(was) || !isObject(is)) return;
  for (const top of sharedKeys(was, is)) yield* pair(top, top, was[top] ?? null, is[top] ?? null);
}

function* pair(member: string, top: string, was: PredictionValue, is: PredictionValue): Generator<LeafPair> {
  if (Array.isArray(was) && Array.isArray(is) && was.length === is.length) {
    for (const [at, each] of was.entries()) yield* pair(member, top, each, is[at] ?? null);
  } else if (isObject(was) && isObject(is)) {
    for (const key of sharedKeys(was, is)) yield* pair(`${member}.${key}`, top, was[key] ?? null, is[key] ?? null);
  } else {
    yield { member, top, was: leafOf(was), is: leafOf(is) };
  }
}

function leafOf(value: PredictionValue): Leaf {
  if (Array.isArray(value)) return `a list of ${value.length}`;
  return typeof value === 'object' && value !== null ? 'an object' : (value as Leaf);
}

type Named = { readonly [name: string]: PredictionValue };

function isObject(value: PredictionValue): value is Named {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function sharedKeys(was: Named, is: Named): readonly string[] {
  return Object.keys(was).filter((key) => Object.hasOwn(is, key));
}
