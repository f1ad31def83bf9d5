/** The features of a model before and after → what was renamed, added, removed, narrowed and reordered. */
import { quote } from '../model/rules/quote.ts';
import type { FeatureColumn, FeatureSpec } from '../service/spec.ts';
import { type Change, changesOf } from './change.ts';
import { compareColumn } from './compare-column.ts';

type Pair = readonly [was: FeatureColumn, is: FeatureColumn];

/** Undefined: the model speaks raw tensors only. */
export function compareFeatures(was: FeatureSpec | undefined, is: FeatureSpec | undefined): readonly Change[] {
  const make = changesOf('feature', 'features');
  if (was === undefined || is === undefined) {
    if (was === is) return [];
    const message =
      was === undefined
        ? 'rows are named features now, and were raw tensors'
        : 'rows are raw tensors now, and were named features';
    return [make('rows', 'major', message)];
  }
  const pairs = pairColumns(was, is);
  const gone = was.columns.filter((old) => !pairs.some(([each]) => each === old));
  const come = is.columns.filter((now) => !pairs.some(([, each]) => each === now));
  const of = ({ name }: FeatureColumn): string => `feature ${quote(name)}`;
  return [
    ...gone.map((old) => {
      const isPassedOver = is.onUnknownColumn === 'ignore';
      const message = `is gone; rows that still have it are ${isPassedOver ? 'taken without it' : 'refused'}`;
      return changesOf('feature', of(old))('removed', isPassedOver ? 'minor' : 'major', message);
    }),
    ...come.map((now) => {
      const isRequired = now.onMissing === 'reject';
      const message = `is new, and ${isRequired ? 'rows without it are refused' : 'rows may leave it out'}`;
      return changesOf('feature', of(now))('added', isRequired ? 'major' : 'minor', message);
    }),
    ...pairs.flatMap(([old, now]) => compareColumn(old, now)),
    ...reordered(pairs, is, make),
    ...(was.onUnknownColumn === is.onUnknownColumn
      ? []
      : [
          make(
            'unknown-columns',
            is.onUnknownColumn === 'reject' ? 'major' : 'minor',
            `onUnknownColumn was ${was.onUnknownColumn}, and is ${is.onUnknownColumn}`,
          ),
        ]),
  ];
}

/** By name; what is left over and goes to the same place of the model with the same type was renamed. */
function pairColumns(was: FeatureSpec, is: FeatureSpec): readonly Pair[] {
  const byName = new Map(is.columns.map((column) => [column.name, column]));
  const old = new Set(was.columns.map(({ name }) => name));
  const free = is.columns.filter(({ name }) => !old.has(name));
  return was.columns.flatMap((column): readonly Pair[] => {
    const now =
      byName.get(column.name) ??
      free.find(
        (each) => each.type === column.type && each.input === column.input && each.position === column.position,
      );
    return now === undefined ? [] : [[column, now]];
  });
}

/** Rows may also be values in the order of the columns. */
function reordered(pairs: readonly Pair[], is: FeatureSpec, make: ReturnType<typeof changesOf>): readonly Change[] {
  const places = pairs.map(([, now]) => is.columns.indexOf(now));
  if (places.every((place, at) => at === 0 || place > (places[at - 1] ?? -1))) return [];
  return [make('reordered', 'major', 'the columns are in another order, which changes what rows without names mean')];
}
