import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { shellWord } from '../../../src/manifests/formats/shell-word.ts';

describe('a path in a command to paste', () => {
  it('is left alone where a shell takes it as it is', () => {
    expect(shellWord('/home/me/a-b_c/1.0')).toBe('/home/me/a-b_c/1.0');
  });

  it.skipIf(process.platform === 'win32').each(['a b', "it's", '$(x) `y` "z" \\', 'café;#&|<>*?!~', ''])(
    'is one word to sh: %j',
    (path) => {
      expect(execFileSync('sh', ['-c', `printf %s ${shellWord(path)}`], { encoding: 'utf8' })).toBe(path);
    },
  );
});
