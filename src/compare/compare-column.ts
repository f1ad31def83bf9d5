/** One feature before and after → what its callers have to know of it. */
import { quote } from '../model/rules/quote.ts';
import type { FeatureColumn } from '../service/spec.ts';
import { type Change, changesOf, type Step } from './change.ts';

type Make = (rule: string, step: Step, message: string) => Change;

export function compareColumn(was: FeatureColumn, is: FeatureColumn): readonly Change[] {
  const make = changesOf('feature', `feature ${quote(was.name)}`);
  return [
    ...(was.name === is.name
      ? []
      : [
          make(
            'renamed',
            'major',
            `is now called ${quote(is.name)}, with the same type and the same place in the model`,
          ),
        ]),
    ...typeChange(was, is, make),
    ...bound(was.min, is.min, { what: 'min', tighter: (a, b) => b > a }, make),
    ...bound(was.max, is.max, { what: 'max', tighter: (a, b) => b < a }, make),
    ...bound(was.maxLength, is.maxLength, { what: 'maxLength', tighter: (a, b) => b < a }, make),
    ...valueChanges(was, is, make),
    ...patternChange(was, is, make),
    ...unitChange(was, is, make),
    ...missingChange(was, is, make),
    ...unknownChange(was, is, make),
    ...(was.input === is.input && was.position === is.position
      ? []
      : [make('moved', 'patch', `goes to ${place(is)} of the model, and went to ${place(was)}`)]),
  ];
}

function typeChange({ type: was }: FeatureColumn, { type: is }: FeatureColumn, make: Make): readonly Change[] {
  if (was === is) return [];
  // Every integer is a number, and every label of a category is text.
  const isWider = (was === 'integer' && is === 'number') || (was === 'category' && is === 'string');
  return [make('retyped', isWider ? 'minor' : 'major', `was of type ${was}, and is of type ${is}`)];
}

interface Bound {
  readonly what: string;
  readonly tighter: (was: number, is: number) => boolean;
}

function bound(
  was: number | undefined,
  is: number | undefined,
  { what, tighter }: Bound,
  make: Make,
): readonly Change[] {
  if (was === is) return [];
  const isTighter = is !== undefined && (was === undefined || tighter(was, is));
  const words = `${what} was ${was ?? 'not set'}, and is ${is ?? 'not set'}`;
  return [make(isTighter ? 'narrower' : 'wider', isTighter ? 'major' : 'minor', words)];
}

function valueChanges({ values: was }: FeatureColumn, { values: is }: FeatureColumn, make: Make): readonly Change[] {
  if (was === undefined || is === undefined) {
    if (was === is) return [];
    return [
      is === undefined
        ? make('wider', 'minor', 'takes any value')
        : make('narrower', 'major', 'takes listed values alone'),
    ];
  }
  const [old, now] = [codesOf(was), codesOf(is)];
  const gone = [...old.keys()].filter((label) => !now.has(label));
  const come = [...now.keys()].filter((label) => !old.has(label));
  const recoded = [...old].filter(([label, code]) => now.has(label) && now.get(label) !== code).map(([label]) => label);
  return [
    ...(gone.length === 0 ? [] : [make('narrower', 'major', `no longer takes ${gone.map(quote).join(', ')}`)]),
    ...(come.length === 0 ? [] : [make('wider', 'minor', `also takes ${come.map(quote).join(', ')}`)]),
    ...(recoded.length === 0
      ? []
      : [make('recoded', 'patch', `other numbers for the model stand for ${recoded.map(quote).join(', ')}`)]),
  ];
}

/** Label → the number that the model gets; undefined where it gets the label itself. */
function codesOf(values: ReadonlyMap<string, number> | readonly string[]): ReadonlyMap<string, number | undefined> {
  return values instanceof Map
    ? values
    : new Map([...(values as readonly string[])].map((label) => [label, undefined]));
}

function patternChange({ pattern: was }: FeatureColumn, { pattern: is }: FeatureColumn, make: Make): readonly Change[] {
  if (was === is) return [];
  if (is === undefined) return [make('wider', 'minor', 'need no longer fit a pattern')];
  // Whether one pattern takes all that another takes cannot be told in general.
  return [make('narrower', 'major', was === undefined ? 'must fit a pattern' : 'must fit another pattern')];
}

function unitChange({ unit: was }: FeatureColumn, { unit: is }: FeatureColumn, make: Make): readonly Change[] {
  if (was === is) return [];
  const words = `the unit was ${was === undefined ? 'not told' : quote(was)}, and is ${is === undefined ? 'not told' : quote(is)}`;
  return [make('unit', was === undefined || is === undefined ? 'patch' : 'major', words)];
}

function missingChange(
  { onMissing: was }: FeatureColumn,
  { onMissing: is }: FeatureColumn,
  make: Make,
): readonly Change[] {
  const [old, now] = [missingText(was), missingText(is)];
  if (old === now) return [];
  const words = `onMissing was ${old}, and is ${now}`;
  if (is === 'reject') return [make('required', 'major', words)];
  return was === 'reject' ? [make('optional', 'minor', words)] : [make('default', 'patch', words)];
}

function missingText(onMissing: FeatureColumn['onMissing']): string {
  return typeof onMissing === 'string' ? onMissing : `impute ${JSON.stringify(onMissing.impute)}`;
}

function unknownChange(
  { onUnknown: was }: FeatureColumn,
  { onUnknown: is }: FeatureColumn,
  make: Make,
): readonly Change[] {
  if (was === is) return [];
  return [make('unknown-values', is === 'reject' ? 'major' : 'minor', `onUnknown was ${was}, and is ${is}`)];
}

function place({ input, position }: FeatureColumn): string {
  return `column ${position} of ${quote(input)}`;
}
