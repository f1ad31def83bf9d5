import { describe, expect, it } from 'vitest';
import { codingOf, negotiateCoding } from '../../src/server/content-coding.ts';

describe('the coding of a body', () => {
  it.each([
    [undefined, 'identity'],
    ['identity', 'identity'],
    ['gzip', 'gzip'],
    ['GZip', 'gzip'],
    [' gzip ', 'gzip'],
    ['x-gzip', 'gzip'],
    ['deflate', 'deflate'],
    ['br', undefined],
    ['zstd', undefined],
    ['gzip, gzip', undefined],
    ['gzip, identity', undefined],
    ['', undefined],
    ['constructor', undefined],
  ])('with Content-Encoding %j is %j', (header, expected) => {
    expect(codingOf(header)).toBe(expected);
  });
});

describe('the coding of an answer', () => {
  it.each([
    [undefined, 'identity'],
    ['', 'identity'],
    ['gzip', 'gzip'],
    ['x-gzip', 'gzip'],
    ['deflate', 'deflate'],
    ['gzip, deflate', 'gzip'],
    ['deflate, gzip', 'gzip'],
    ['gzip, deflate, br, zstd', 'gzip'],
    ['br', 'identity'],
    ['*', 'gzip'],
    ['*;q=0', 'identity'],
    ['gzip;q=0.5, deflate;q=0.8', 'deflate'],
    ['GZIP;Q=0.5,deflate; q = 0.2', 'gzip'],
    ['gzip;q=0', 'identity'],
    ['gzip;q=0, *', 'deflate'],
    ['gzip;q=0.5, identity', 'identity'],
    ['gzip, identity', 'gzip'],
    ['gzip;q=0.2, identity;q=0.5', 'identity'],
    ['gzip;q=0.2, identity;q=0', 'gzip'],
    ['identity;q=0', 'identity'],
    ['gzip;q=x', 'identity'],
    ['gzip;q=', 'identity'],
    ['gzip;q=2', 'identity'],
    ['gzip;q=-1', 'identity'],
    ['gzip;level=9', 'gzip'],
    [';q=1,,gzip', 'gzip'],
  ])('with Accept-Encoding %j is %s', (header, expected) => {
    expect(negotiateCoding(header)).toBe(expected);
  });
});
