import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';

it('docs/image.md shows the Dockerfile that is printed; "npm run docs" writes it', () => {
  const script = resolve(import.meta.dirname, '../../scripts/write-image-doc.js');
  expect(() => execFileSync(process.execPath, [script, '--check'], { stdio: 'pipe' })).not.toThrow();
}, 60_000);
