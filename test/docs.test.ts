/** What the docs list is what the code has: errors, commands, options, and links that lead somewhere. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ERRORS } from '../src/errors.ts';
import { leaves } from './support/commands.ts';

const ROOT = resolve(import.meta.dirname, '..');
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const readme = read('README.md');

const commands = await leaves();

/** `fix zipmap` is on the page of `fix`; what `build` makes has a page of its own. */
const pageOf = ([first = '', second = '']: readonly string[]): string =>
  `docs/${first === 'build' ? second : first}.md`;

describe('the README', () => {
  it('lists every error code with its exit code and meaning, and no other', () => {
    const listed = [...readme.matchAll(/^\| `([A-Z_]+)` \| (\d+) \| (.+) \|$/gm)].map(([, code, exit, meaning]) => ({
      code,
      exit: Number(exit),
      meaning,
    }));
    expect(listed).toEqual(Object.entries(ERRORS).map(([code, { exit, meaning }]) => ({ code, exit, meaning })));
  });

  it('links the page of every command', () => {
    for (const { words } of commands) expect(readme).toContain(`[\`mlserve ${words.join(' ')}\`](${pageOf(words)})`);
  });
});

describe('the page of a command', () => {
  it.each(commands.map(({ words, command }) => ({ name: words.join(' '), page: pageOf(words), command })))(
    'names every option of mlserve $name, and no other',
    ({ page, command, name }) => {
      const text = read(page);
      expect(text).toContain(`mlserve ${name}`);
      const options = command.options.map((option) => option.long ?? option.short ?? '');
      for (const option of options) expect(text, `${page} does not tell of ${option}`).toContain(option);
      // The flags of other programs are theirs.
      const ours = text
        .replace(/```dockerfile[\s\S]*?```/g, '')
        .replace(/^.*\bdocker (run|inspect|build|system)\b.*$/gm, '');
      const told = [...ours.matchAll(/(?<![\w-])--[a-z][a-z-]+/g)].map(([option]) => option);
      const known = new Set(commands.flatMap((each) => each.command.options.map((option) => option.long)));
      const elsewhere = new Set(['--help', '--version', '--check', '--write-out', '--install', '--values', '--strict']);
      expect(told.filter((option) => !known.has(option) && !elsewhere.has(option))).toEqual([]);
    },
  );
});

describe('every page', () => {
  const pages = [
    'README.md',
    'CONTRIBUTING.md',
    ...readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.md'))
      .map((name) => `docs/${name}`),
  ];

  it.each(pages)('%s has no link that leads nowhere', (page) => {
    for (const [, target = ''] of read(page).matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)) {
      if (/^[a-z]+:/.test(target)) continue;
      expect(() => readFileSync(resolve(ROOT, dirname(page), target)), `${page} → ${target}`).not.toThrow();
    }
  });
});
