/** A tolerance as a file or a flag has it → the rule it stands for, or what is wrong with it. */
import type { PredictionValue } from './codec.ts';
import { isObject } from './is-object.ts';
import { pointerPart } from './pointer.ts';
import { DEFAULT_TOLERANCE, NO_TOLERANCES, type ToleranceRule, type Tolerances } from './tolerance.ts';

export type WrittenTolerance = 'exact' | 'argmax' | { readonly absolute?: number; readonly relative?: number };

/** A part that is left out has its default. */
export function completeRule(written: WrittenTolerance): ToleranceRule {
  return typeof written === 'string' ? written : { ...DEFAULT_TOLERANCE, ...written };
}

type Wrong = (pointer: string, message: string) => void;

const FORMS = 'is not "exact", "argmax", or an object with relative, absolute or both';

/** The `tolerance` of an example: a rule for all members, and under `outputs` rules for some. */
export function readTolerances(written: PredictionValue | undefined, wrong: Wrong): Tolerances {
  if (!isObject(written))
    return { ...NO_TOLERANCES, all: written === undefined ? undefined : readRule(written, '', wrong) };
  const { outputs, ...all } = written;
  const members = new Map<string, ToleranceRule>();
  if (outputs !== undefined && !isObject(outputs)) wrong('/outputs', 'is not an object with a tolerance for each name');
  for (const [name, rule] of Object.entries(isObject(outputs) ? outputs : {})) {
    const read = readRule(rule, `/outputs/${pointerPart(name)}`, wrong);
    if (read !== undefined) members.set(name, read);
  }
  return { all: Object.keys(all).length === 0 ? undefined : readRule(all, '', wrong), members };
}

function readRule(written: PredictionValue, pointer: string, wrong: Wrong): ToleranceRule | undefined {
  if (written === 'exact' || written === 'argmax') return written;
  if (!isObject(written)) {
    wrong(pointer, FORMS);
    return undefined;
  }
  const parts = Object.entries(written);
  for (const [key, value] of parts) {
    const place = `${pointer}/${pointerPart(key)}`;
    if (!Object.hasOwn(DEFAULT_TOLERANCE, key)) wrong(place, 'is not known; relative and absolute are');
    else if (typeof value !== 'number' || value < 0) wrong(place, 'is not a number of at least 0');
  }
  return completeRule(written as WrittenTolerance);
}

/** `exact`, `argmax` or `absolute=0.01,relative=0`; undefined for anything else. */
export function parseRule(text: string): ToleranceRule | undefined {
  if (text === 'exact' || text === 'argmax') return text;
  const parts = text.split(',').map((part) => /^(absolute|relative)=(\d+(?:\.\d+)?(?:e[-+]?\d+)?)$/i.exec(part));
  if (parts.some((part) => part === null)) return undefined;
  return completeRule(Object.fromEntries(parts.map((part) => [part?.[1]?.toLowerCase(), Number(part?.[2])])));
}
