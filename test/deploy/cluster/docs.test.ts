import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { normalized, transcript } from './support.ts';

const COMMAND = '$ mlserve deploy iris --env dev --image "$IMAGE" --apply --yes\n';

describe('the rollout that is shown to readers', () => {
  it.each(['README.md', 'docs/deploy.md'])('is in %s what the program prints', async (page) => {
    const text = await readFile(join(import.meta.dirname, '../../..', page), 'utf8');
    const at = text.indexOf(COMMAND);
    expect(at).toBeGreaterThan(0);
    const shown = text.slice(at + COMMAND.length, text.indexOf('```', at));
    expect(normalized(`${shown}[exit code 0]\n`)).toBe(await transcript('first'));
  });
});
