import { describe, expect, it } from 'vitest';
import { compareVersions, customaryStep, nextVersion, stepBetween } from '../../src/compare/version.ts';

/** The examples of precedence of semver.org, items 11.2 to 11.4, in order. */
const ASCENDING = [
  '1.0.0-alpha',
  '1.0.0-alpha.1',
  '1.0.0-alpha.beta',
  '1.0.0-beta',
  '1.0.0-beta.2',
  '1.0.0-beta.11',
  '1.0.0-rc.1',
  '1.0.0',
  '2.0.0',
  '2.1.0',
  '2.1.1',
  '10.0.0',
  '9007199254740993.0.0',
  '9007199254740994.0.0',
];

describe('versions', () => {
  it('have the precedence that semver.org gives them', () => {
    for (const [at, a] of ASCENDING.entries()) {
      for (const [to, b] of ASCENDING.entries()) {
        expect(Math.sign(compareVersions(a, b) ?? Number.NaN), `${a} and ${b}`).toBe(Math.sign(at - to));
      }
    }
    expect(compareVersions('1.0.0+one', '1.0.0+other')).toBe(0);
    expect(compareVersions('1.0', '1.0.0')).toBeUndefined();
  });

  it.each([
    ['1.4.2', '1.4.2', 'none'],
    ['1.4.2', '1.4.3', 'patch'],
    ['1.4.2', '1.5.0', 'minor'],
    ['1.4.2', '1.6.9', 'minor'],
    ['1.4.2', '2.0.0', 'major'],
    ['1.4.2', '2.0.0-rc.1', 'major'],
    ['1.4.2', '1.4.1', 'back'],
    ['2.0.0', '2.0.0-rc.1', 'back'],
    ['2.0.0-rc.1', '2.0.0-rc.2', 'pre-release'],
    ['2.0.0-rc.1', '2.0.0', 'pre-release'],
    ['1.4.2+a', '1.4.2+b', 'none'],
  ])('take a step from %s to %s: %s', (was, is, step) => {
    expect(stepBetween(was, is)).toBe(step);
  });

  it('go on to the smallest release after a step', () => {
    expect(nextVersion('1.4.2', 'patch')).toBe('1.4.3');
    expect(nextVersion('1.4.2', 'minor')).toBe('1.5.0');
    expect(nextVersion('1.4.2+7', 'major')).toBe('2.0.0');
    expect(nextVersion('2.0.0-rc.1', 'patch')).toBe('2.0.0');
    expect(nextVersion('1.4.2', 'none')).toBe('1.4.2');
  });

  it('before 1.0.0 show a breaking change by the minor number', () => {
    expect(customaryStep('0.3.1', 'major')).toBe('minor');
    expect(customaryStep('0.3.1', 'minor')).toBe('patch');
    expect(customaryStep('0.3.1', 'patch')).toBe('patch');
    expect(customaryStep('1.0.0', 'major')).toBe('major');
  });
});
