import { describe, expect, it } from 'vitest';
import { checkVersion } from '../../src/compare/check-version.ts';

describe('the version of a service', () => {
  it.each([
    ['1.4.0', '2.0.0', 'major', true, '2.0.0'],
    ['1.4.0', '1.5.0', 'major', false, '2.0.0'],
    ['1.4.0', '2.0.0', 'patch', true, '1.4.1'],
    ['1.4.0', '1.4.0', 'patch', false, '1.4.1'],
    ['1.4.0', '1.3.9', 'patch', false, '1.4.1'],
    ['1.4.0', '1.3.9', 'none', true, '1.4.0'],
    ['0.4.0', '0.5.0', 'major', true, '0.5.0'],
    ['0.4.0', '0.4.1', 'major', false, '0.5.0'],
    ['0.4.0', '0.4.1', 'minor', true, '0.4.1'],
    ['0.4.0', '1.0.0', 'major', true, '0.5.0'],
    ['2.0.0-rc.1', '2.0.0-rc.2', 'major', true, '2.0.0'],
    ['2.0.0-rc.1', '2.0.0-rc.1', 'patch', false, '2.0.0'],
  ] as const)('from %s to %s for a change that is %s: enough %s, at least %s', (was, is, step, isEnough, atLeast) => {
    expect(checkVersion(was, is, step)).toMatchObject({ isEnough, atLeast });
  });

  it('is not checked where it is no version', () => {
    expect(checkVersion('latest', '1.0.0', 'major')).toBeUndefined();
  });
});
