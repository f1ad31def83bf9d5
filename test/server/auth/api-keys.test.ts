import { describe, expect, it } from 'vitest';
import { keyLine, parseKeys } from '../../../src/server/auth/api-keys.ts';

// printf %s open-sesame | sha256sum
const HASH = 'd7ecdf25eaf3deba0f2628771dbdd22d4138ab6cf38f91ed02a2ca0dec7c8ab7';

describe('a keys file', () => {
  it('has a name, scopes and a hash a line, with comments and blank lines between', () => {
    const text = `# who may call\r\n\r\napp infer sha256:${HASH}   # the shop\n  ops\tadmin,metrics sha256:${'0'.repeat(64)}\n`;
    const { keys, issues } = parseKeys(text, 'keys');
    expect(issues).toEqual([]);
    expect(keys.map(({ name, scopes, hash }) => [name, [...scopes], hash.toString('hex')])).toEqual([
      ['app', ['infer'], HASH],
      ['ops', ['admin', 'metrics'], '0'.repeat(64)],
    ]);
    expect(parseKeys(keys.map(keyLine).join('\n'), 'again')).toEqual({ keys, issues: [] });
  });

  it.each([
    ['no key', '# nothing here\n', 'keys', 'no key'],
    ['a key where its hash should be', 'app infer mlserve_secret', 'keys:1', 'third word'],
    ['a short hash', `app infer sha256:${HASH.slice(1)}`, 'keys:1', 'third word'],
    ['a hash in upper case', `app infer sha256:${HASH.toUpperCase()}`, 'keys:1', 'third word'],
    ['a scope that there is not', `app infer,root sha256:${HASH}`, 'keys:1', 'infer, admin, metrics'],
    ['an empty scope', `app infer, sha256:${HASH}`, 'keys:1', 'infer, admin, metrics'],
    ['a name with a slash', `a/b infer sha256:${HASH}`, 'keys:1', 'name'],
    ['a word too many', `the app infer sha256:${HASH}`, 'keys:1', '4 words'],
    ['a lonely secret', 'mlserve_secret', 'keys:1', 'one word'],
    ['a name twice', `app infer sha256:${HASH}\napp admin sha256:${'1'.repeat(64)}`, 'keys:2', 'twice'],
    ['a key twice', `app infer sha256:${HASH}\nother admin sha256:${HASH}`, 'keys:2', '"app"'],
  ])('with %s is refused, and nothing of the line is repeated', (_what, text, where, message) => {
    const { issues } = parseKeys(text, 'keys');
    expect(issues).toHaveLength(1);
    expect(issues[0]).toMatchObject({ severity: 'error', where, message: expect.stringContaining(message) });
    expect(JSON.stringify(issues)).not.toContain('secret');
  });

  it('holds a thousand keys at most', () => {
    const lines = Array.from({ length: 1001 }, (_, n) => `k${n} infer sha256:${n.toString(16).padStart(64, '0')}`);
    expect(parseKeys(lines.slice(1).join('\n'), 'keys').issues).toEqual([]);
    expect(parseKeys(lines.join('\n'), 'keys').issues).toHaveLength(1);
  });
});
