/** What two sides of a comparison differ in: kinds of change, and the version step that each demands. */

/** Steps of semantic versioning, the smallest first. */
export const STEPS = ['none', 'patch', 'minor', 'major'] as const;
export type Step = (typeof STEPS)[number];

/** One difference, with what it demands of the version. */
export interface Change {
  /** Stable id: `input.renamed`, `feature.range`. */
  readonly rule: string;
  /** What it is about: `input "age"`. */
  readonly where: string;
  /** What was and what is, and for whom that matters. */
  readonly message: string;
  readonly step: Step;
}

/**
 * `identical`: the same bytes and the same promises. `metadata`: neither operators, weights nor interface differ. `weights`: the weights alone.
 * `graph`: operators too, behind the same interface. `compatible`: callers of the old can call the new. `breaking`: some cannot.
 */
export type ChangeKind = 'identical' | 'metadata' | 'weights' | 'graph' | 'compatible' | 'breaking';

/** The largest step of all; `none` of nothing. */
export function largestStep(steps: readonly Step[]): Step {
  return STEPS[Math.max(0, ...steps.map((step) => STEPS.indexOf(step)))] ?? 'none';
}

export function isSmaller(step: Step, than: Step): boolean {
  return STEPS.indexOf(step) < STEPS.indexOf(than);
}

/** A constructor of changes to one thing. */
export function changesOf(subject: string, where: string): (rule: string, step: Step, message: string) => Change {
  return (rule, step, message) => ({ rule: `${subject}.${rule}`, where, message, step });
}
