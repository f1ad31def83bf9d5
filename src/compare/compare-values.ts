/** The inputs or outputs of two signatures → what was renamed, added, removed, retyped, reshaped and reordered. */
import { quote } from '../model/rules/quote.ts';
import type { ValueSpec } from '../model/signature.ts';
import { type Change, changesOf, type Step } from './change.ts';
import { relateShapes, shapeText } from './compare-shapes.ts';

export interface Values {
  readonly subject: 'input' | 'output';
  readonly was: readonly ValueSpec[];
  readonly is: readonly ValueSpec[];
}

type Pair = readonly [was: ValueSpec, is: ValueSpec];

/** What a wider shape demands: an input takes what it took before, but an output answers what callers have not seen yet. */
const WIDER: Readonly<Record<Values['subject'], Step>> = { input: 'minor', output: 'major' };

/** Same names are the same value; what is left over and stands at the same place with the same type and shape was renamed. */
export function compareValues({ subject, was, is }: Values): readonly Change[] {
  const same = was.flatMap((old): readonly Pair[] => {
    const now = is.find(({ name }) => name === old.name);
    return now === undefined ? [] : [[old, now]];
  });
  const gone = was.filter(({ name }) => !same.some(([old]) => old.name === name));
  const come = is.filter(({ name }) => !same.some(([, now]) => now.name === name));
  const renamed = gone.flatMap((old): readonly Pair[] => {
    const now = come.find((each) => is.indexOf(each) === was.indexOf(old) && isAlike(old, each));
    return now === undefined ? [] : [[old, now]];
  });
  const change = (value: ValueSpec, rule: string, step: Step, message: string): Change =>
    changesOf(subject, `${subject} ${quote(value.name)}`)(rule, step, message);
  return [
    ...renamed.map(([old, now]) =>
      change(old, 'renamed', 'major', `is now called ${quote(now.name)}, with the same type, shape and place`),
    ),
    ...gone
      .filter((old) => !renamed.some(([each]) => each === old))
      .map((old) => change(old, 'removed', 'major', `was ${describe(old)}, and is gone`)),
    ...come.filter((now) => !renamed.some(([, each]) => each === now)).map((now) => added(subject, now, change)),
    ...same.flatMap(([old, now]) => compareTypes(subject, old, now, change)),
    ...reordered(subject, same, was, is),
  ];
}

type Make = (value: ValueSpec, rule: string, step: Step, message: string) => Change;

function added(subject: Values['subject'], now: ValueSpec, change: Make): Change {
  return subject === 'input'
    ? change(now, 'added', 'major', `is new and must be given: ${describe(now)}`)
    : change(now, 'added', 'minor', `is new: ${describe(now)}`);
}

function compareTypes(subject: Values['subject'], was: ValueSpec, is: ValueSpec, change: Make): readonly Change[] {
  if (was.kind !== 'tensor' || is.kind !== 'tensor' || was.elementType !== is.elementType) {
    const [old, now] = [typeText(was), typeText(is)];
    return old === now ? [] : [change(is, 'retyped', 'major', `was ${old}, and is ${now}`)];
  }
  const relation = relateShapes(was.shape, is.shape);
  if (relation === 'same') return [];
  const words = `was ${shapeText(was.shape)}, and is ${shapeText(is.shape)}`;
  if (relation === 'renamed') return [change(is, 'dimension-renamed', 'patch', `${words}: the same sizes`)];
  if (relation === 'wider') return [change(is, 'wider', WIDER[subject], words)];
  return [change(is, relation === 'narrower' ? 'narrower' : 'reshaped', 'major', words)];
}

/** Only the order of what both have: a value in between is news of its own. */
function reordered(
  subject: Values['subject'],
  same: readonly Pair[],
  was: Values['was'],
  is: Values['is'],
): readonly Change[] {
  const names = (values: readonly ValueSpec[]): readonly string[] =>
    values.map(({ name }) => name).filter((name) => same.some(([old]) => old.name === name));
  const [old, now] = [names(was), names(is)];
  if (old.every((name, at) => name === now[at])) return [];
  const message = `were in the order ${old.map(quote).join(', ')}, and are in the order ${now.map(quote).join(', ')}`;
  return [changesOf(subject, `${subject}s`)('reordered', 'major', message)];
}

function isAlike(was: ValueSpec, is: ValueSpec): boolean {
  if (was.kind !== 'tensor' || is.kind !== 'tensor') return typeText(was) === typeText(is);
  return was.elementType === is.elementType && ['same', 'renamed'].includes(relateShapes(was.shape, is.shape));
}

function typeText(value: ValueSpec): string {
  return value.kind === 'tensor' ? value.elementType : value.description;
}

function describe(value: ValueSpec): string {
  return value.kind === 'tensor' ? `${value.elementType} ${shapeText(value.shape)}` : value.description;
}
