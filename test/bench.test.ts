/** The benchmarks, which nobody runs in a test: what they import from the program is there. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const BENCH = resolve(import.meta.dirname, '../bench');
const SRC = resolve(import.meta.dirname, '../src');
const files = readdirSync(BENCH, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.js'));

describe('a benchmark', () => {
  it.each(files)('%s imports only what the program exports', async (file) => {
    const text = readFileSync(join(BENCH, file), 'utf8');
    for (const [, names = '', path = ''] of text.matchAll(/import \{([^}]+)\} from '(?:\.\.\/)+dist\/([^']+)\.js'/g)) {
      const module = (await import(/* @vite-ignore */ join(SRC, `${path}.ts`))) as Record<string, unknown>;
      for (const name of names.split(',').map((each) => each.trim().split(' as ')[0] ?? '')) {
        expect(module, `${file} wants ${name} of ${path}`).toHaveProperty(name);
      }
    }
  });

  it('is there to be checked', () => {
    expect(files.length).toBeGreaterThan(5);
  });
});
