/**
 * Source of a regular expression → a test whose time grows with the length of the text and of the pattern, never faster: the
 * native engine backtracks, so a careless pattern and a hostile text could hold the server for hours. (Thompson's simulation.)
 */
import { type PatternNode, parsePattern } from './pattern-syntax.ts';

/** Whether the pattern matches anywhere in the text, as `RegExp.prototype.test` with the `u` flag says. */
export type PatternTest = (text: string) => boolean;

/** Most steps a compiled pattern may have; `[a-z]{900}` has 900. */
const MAX_STEPS = 1000;

type Step =
  | { readonly kind: 'point'; readonly accepts: (point: string) => boolean }
  | { readonly kind: 'start' | 'end' | 'match' }
  | { readonly kind: 'fork'; targets: readonly number[] };

/** Compiles a pattern. Throws a SyntaxError that says what is wrong with it. */
export function compilePattern(source: string): PatternTest {
  const steps = compileSteps(source);
  return (text) => matches(steps, text);
}

/** Steps of a pattern: a match visits at most this many for each character of the text, at about 20 ns a step. Throws as above. */
export function countSteps(source: string): number {
  return compileSteps(source).length;
}

function compileSteps(source: string): readonly Step[] {
  const steps: Step[] = [];
  emit(parsePattern(source), steps);
  push(steps, { kind: 'match' });
  return steps;
}

function push(steps: Step[], step: Step): void {
  if (steps.length >= MAX_STEPS)
    throw new SyntaxError(`the pattern is too large: its repetitions add up to ${MAX_STEPS}`);
  steps.push(step);
}

/** Appends the steps of a node; falling off the end of them goes on with whatever is appended next. */
function emit(node: PatternNode, steps: Step[]): void {
  if (node.kind === 'sequence') {
    for (const part of node.nodes) emit(part, steps);
  } else if (node.kind === 'choice') {
    emitChoice(node.nodes, steps);
  } else if (node.kind === 'repeat') {
    emitRepeat(node.node, node.min, node.max, steps);
  } else {
    push(steps, node.kind === 'point' ? node : { kind: node.kind });
  }
}

function emitChoice(nodes: readonly PatternNode[], steps: Step[]): void {
  const entry = fork(steps);
  const starts: number[] = [];
  const exits: { targets: readonly number[] }[] = [];
  for (const node of nodes) {
    starts.push(steps.length);
    emit(node, steps);
    exits.push(fork(steps));
  }
  entry.targets = starts;
  for (const exit of exits) exit.targets = [steps.length];
}

function emitRepeat(node: PatternNode, min: number, max: number, steps: Step[]): void {
  for (let count = 0; count < min; count++) {
    const before = steps.length;
    emit(node, steps);
    // Nothing to repeat: `(?:){1000000}`.
    if (steps.length === before) return;
  }
  if (max === Number.POSITIVE_INFINITY) {
    const entry = fork(steps);
    const loop = steps.length - 1;
    emit(node, steps);
    fork(steps).targets = [loop];
    entry.targets = [loop + 1, steps.length];
    return;
  }
  const skips: { targets: readonly number[] }[] = [];
  const starts: number[] = [];
  for (let count = min; count < max; count++) {
    skips.push(fork(steps));
    starts.push(steps.length);
    emit(node, steps);
  }
  skips.forEach((skip, at) => {
    skip.targets = [starts[at] as number, steps.length];
  });
}

function fork(steps: Step[]): { targets: readonly number[] } {
  const step: Step = { kind: 'fork', targets: [] };
  push(steps, step);
  return step;
}

/** Walks all ways through the steps at once, one code point at a time: every step is visited at most once a code point. */
function matches(steps: readonly Step[], text: string): boolean {
  const seen = new Int32Array(steps.length).fill(-1);
  let current: number[] = [];
  const pending: number[] = [];

  /** Adds the point steps reachable from a step at a place of the text; true when the end of the pattern is. */
  const enter = (from: number, place: number, list: number[]): boolean => {
    pending.push(from);
    for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
      if (seen[at] === place) continue;
      seen[at] = place;
      const step = steps[at] as Step;
      if (step.kind === 'match') return true;
      if (step.kind === 'point') list.push(at);
      else if (step.kind === 'fork') pending.push(...step.targets);
      else if (step.kind === 'start' ? place === 0 : place === text.length) pending.push(at + 1);
    }
    return false;
  };

  for (let place = 0; ; ) {
    // A match may begin anywhere.
    if (enter(0, place, current)) return true;
    if (place >= text.length) return false;
    const point = String.fromCodePoint(text.codePointAt(place) as number);
    place += point.length;
    const next: number[] = [];
    for (const at of current) {
      const step = steps[at] as Step;
      if (step.kind === 'point' && step.accepts(point) && enter(at + 1, place, next)) return true;
    }
    current = next;
  }
}
