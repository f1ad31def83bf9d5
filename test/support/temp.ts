/** Real folders for tests: made under the system's temp folder, removed when the test or suite is over. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** A new empty folder; the caller removes it (for `beforeAll`). */
export function makeTemp(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'mlserve-test-'));
}

/** A new empty folder that goes away when the current test ends. */
export async function tempFolder(): Promise<string> {
  const folder = await makeTemp();
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}
