/** Versions as semver.org defines them → which comes first, the step from one to another, and the next one after a step. */
import type { Step } from './change.ts';

interface Version {
  readonly core: readonly [major: bigint, minor: bigint, patch: bigint];
  /** Empty for a release. */
  readonly pre: readonly string[];
}

const PARTS = /^(\d+)\.(\d+)\.(\d+)(?:-([0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]+)?$/;

/** Undefined for text that is no version. */
function parse(text: string): Version | undefined {
  const [, major, minor, patch, pre = ''] = PARTS.exec(text) ?? [];
  if (major === undefined || minor === undefined || patch === undefined) return undefined;
  return { core: [BigInt(major), BigInt(minor), BigInt(patch)], pre: pre === '' ? [] : pre.split('.') };
}

/** Negative, zero or positive, by precedence: build metadata does not count. Undefined where one is no version. */
export function compareVersions(a: string, b: string): number | undefined {
  const [one, other] = [parse(a), parse(b)];
  if (one === undefined || other === undefined) return undefined;
  for (const [at, part] of one.core.entries()) {
    const difference = part - (other.core[at] ?? 0n);
    if (difference !== 0n) return difference < 0n ? -1 : 1;
  }
  return comparePre(one.pre, other.pre);
}

function comparePre(a: readonly string[], b: readonly string[]): number {
  // A pre-release comes before its release.
  if (a.length === 0 || b.length === 0) return Math.sign(b.length - a.length);
  for (let at = 0; at < Math.max(a.length, b.length); at++) {
    const [one, other] = [a[at], b[at]];
    if (one === undefined) return -1;
    if (other === undefined) return 1;
    if (one === other) continue;
    const [isNumber, isOther] = [/^\d+$/.test(one), /^\d+$/.test(other)];
    if (isNumber && isOther) return BigInt(one) < BigInt(other) ? -1 : 1;
    if (isNumber !== isOther) return isNumber ? -1 : 1;
    return one < other ? -1 : 1;
  }
  return 0;
}

/** A step as taken: `back` to an earlier version; `pre-release` from one to what follows it. */
export type TakenStep = Step | 'back' | 'pre-release';

/** Undefined where one is no version. */
export function stepBetween(was: string, is: string): TakenStep | undefined {
  const [order, old, now] = [compareVersions(was, is), parse(was), parse(is)];
  if (order === undefined || old === undefined || now === undefined) return undefined;
  if (order === 0) return 'none';
  if (order > 0) return 'back';
  // A pre-release promises nothing yet, so whatever follows it is a step of any size.
  if (old.pre.length > 0) return 'pre-release';
  const changed = old.core.findIndex((part, at) => part !== now.core[at]);
  return (['major', 'minor', 'patch'] as const)[changed] ?? 'none';
}

/** What a step comes to: before 1.0.0 the minor number stands for the major one, and the patch number for the minor one. */
export function customaryStep(was: string, step: Step): Step {
  if (parse(was)?.core[0] !== 0n) return step;
  return step === 'major' ? 'minor' : step === 'minor' ? 'patch' : step;
}

/** The first release after such a step. Undefined where `was` is no version. */
export function nextVersion(was: string, step: Step): string | undefined {
  const old = parse(was);
  if (old === undefined) return undefined;
  const [major, minor, patch] = old.core;
  if (step === 'none') return was;
  // The release of a pre-release takes every step that it announced.
  if (old.pre.length > 0) return `${major}.${minor}.${patch}`;
  if (step === 'major') return `${major + 1n}.0.0`;
  return step === 'minor' ? `${major}.${minor + 1n}.0` : `${major}.${minor}.${patch + 1n}`;
}
