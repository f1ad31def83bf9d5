/** What flags, an example and `mlserve.yaml` say of how far an answer may be from the expected one → the rule for each member of a prediction. */
import type { OutputSpec } from './spec.ts';

/** How far a number may be from the expected one: `absolute + relative × |expected|`. */
export interface Tolerance {
  readonly relative: number;
  readonly absolute: number;
}

/** `exact`: equal to the last digit. `argmax`: the largest of several at the same place, whatever the numbers are. */
export type ToleranceRule = Tolerance | 'exact' | 'argmax';

export interface Tolerances {
  /** For every member; undefined: not said. */
  readonly all: ToleranceRule | undefined;
  /** For the members of these names. */
  readonly members: ReadonlyMap<string, ToleranceRule>;
}

/** Of a member; undefined: of what lies outside of any. */
export type RuleOf = (member: string | undefined) => ToleranceRule;

/** float32 on another processor, and its noise around zero. */
export const DEFAULT_TOLERANCE: Tolerance = { relative: 1e-5, absolute: 1e-7 };
export const NO_TOLERANCES: Tolerances = { all: undefined, members: new Map() };

export interface ToleranceSources {
  /** Of the command line: before all others. */
  readonly flags: Tolerances;
  readonly example: Tolerances;
  readonly outputs: readonly OutputSpec[];
  /** Members that are integers, which have no rounding: equal unless something is said of them by name. */
  readonly integers: ReadonlySet<string>;
}

/** What names a member goes before what is said of all: by the flags, the example, then `mlserve.yaml`. */
export function ruleOf({ flags, example, outputs, integers }: ToleranceSources): RuleOf {
  const declared = new Map(outputs.map(({ name, tolerance }) => [name, tolerance]));
  return (member) => {
    if (member === undefined) return flags.all ?? example.all ?? DEFAULT_TOLERANCE;
    const byFlag = flags.members.get(member);
    if (byFlag !== undefined) return byFlag;
    const isInteger = integers.has(member);
    if (flags.all !== undefined) return isInteger ? 'exact' : flags.all;
    const named = example.members.get(member) ?? declared.get(member);
    return named ?? (isInteger ? 'exact' : (example.all ?? DEFAULT_TOLERANCE));
  };
}
