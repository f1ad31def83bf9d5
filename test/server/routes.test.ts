import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ROUTES } from '../../src/server/routes.ts';

describe('docs/protocol.md', () => {
  it('lists exactly the routes of the table', () => {
    const text = readFileSync(new URL('../../docs/protocol.md', import.meta.url), 'utf8');
    const listed = [...text.matchAll(/^\| (GET|POST) \| `([^`]+)` \|/gm)].map(
      ([, method, path]) => `${method} ${path}`,
    );
    expect(listed).toEqual(ROUTES.map(({ method, path }) => `${method} ${path}`));
  });
});
