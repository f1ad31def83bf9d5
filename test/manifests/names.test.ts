import { describe, expect, it } from 'vitest';
import { readPin } from '../../src/manifests/image-pin.ts';
import { labelValue, listOf, nameWith, releaseName, shortDigest, variableName } from '../../src/manifests/names.ts';
import { digestFor } from '../support/sample-lock.ts';

/** By the documentation of Kubernetes: 63 characters, letters and digits at the ends. */
const LABEL_VALUE = /^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$/;

describe('the value of a label', () => {
  it('is the version where it may be, and has "_" for the "+" of build metadata', () => {
    expect(labelValue('1.4.0')).toBe('1.4.0');
    expect(labelValue('1.4.0-rc.1+build.7')).toBe('1.4.0-rc.1_build.7');
  });

  it('is legal whatever the version, and different versions stay different', () => {
    const long = `1.0.0-${'a'.repeat(100)}`;
    for (const version of [long, `${long}b`, '1.0.0+-', `1.0.0-${'-.'.repeat(40)}x`]) {
      const value = labelValue(version);
      expect(value).toMatch(LABEL_VALUE);
      expect(value.length).toBeLessThanOrEqual(63);
    }
    expect(labelValue(long)).not.toBe(labelValue(`${long}b`));
  });
});

describe('the name of an object', () => {
  it('is the name of the service and what the object is', () => {
    expect(nameWith('fraud', 'config')).toBe('fraud-config');
  });

  it('never grows beyond 63 characters, and two names stay two', () => {
    const [one, two] = ['a'.repeat(63), `${'a'.repeat(62)}b`].map((name) => nameWith(name, 'dashboard'));
    expect([one?.length, two?.length]).toEqual([63, 63]);
    expect(one).not.toBe(two);
    expect(one).toMatch(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/);
    expect(one).toMatch(/-dashboard$/);
  });
});

describe('the name of a release', () => {
  it('is at most as long as Helm takes it, and two services stay two', () => {
    expect(releaseName('n'.repeat(53))).toBe('n'.repeat(53));
    const [one, two] = ['a'.repeat(63), `${'a'.repeat(62)}b`].map(releaseName);
    expect(one).toMatch(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/);
    expect([one?.length, two?.length]).toEqual([53, 53]);
    expect(one).not.toBe(two);
  });
});

describe('small words', () => {
  it('are read and written as people expect', () => {
    expect(listOf(' a, b ,,c')).toEqual(['a', 'b', 'c']);
    expect(listOf('')).toEqual([]);
    expect(variableName('payment-fraud')).toBe('PAYMENT_FRAUD');
    expect(shortDigest(`sha256:${'0123456789ab'.repeat(5)}cdef`)).toBe('0123456789ab');
  });
});

describe('the pin of an image', () => {
  const digest = digestFor('x');

  it('has a name, a tag and a digest, and the tag of the version where none is given', () => {
    expect(readPin(`registry.example:5000/team/fraud:1.4@${digest}`, '9.9.9')).toEqual({
      name: 'registry.example:5000/team/fraud',
      tag: '1.4',
      digest,
    });
    expect(readPin(`localhost:5000/fraud@${digest}`, '1.0.0+a')).toEqual({
      name: 'localhost:5000/fraud',
      tag: '1.0.0_a',
      digest,
    });
    expect(readPin(`fraud@${digest}`, '1.0.0')?.name).toBe('fraud');
  });

  it('is refused without a digest, and where it is no name', () => {
    for (const text of [
      'fraud:1.4',
      'fraud',
      `fraud@${digest.slice(0, 20)}`,
      `@${digest}`,
      `a//b@${digest}`,
      `fraud:@${digest}`,
      `fraud:-@${digest}`,
      `fraud:${'t'.repeat(129)}@${digest}`,
      `registry.example/Team/fraud@${digest}`,
      '',
    ]) {
      expect([text, readPin(text, '1.0.0')]).toEqual([text, undefined]);
    }
  });
});
