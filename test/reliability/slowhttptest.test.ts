/** `slowhttptest`, which others have written, against a running service. Part of `npm run reliability`, where Debian's package is installed. */
import { execFile, execFileSync } from 'node:child_process';
import { copyFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify, stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fixturePath } from '../support/fixtures.ts';
import { type Served, startServer } from '../support/served.ts';
import { makeTemp } from '../support/temp.ts';
import { LIVEZ_HEAD, livezDuring, livezLine, p99Bar } from './livez.ts';

const isMeasured = process.env.MLSERVE_RELIABILITY !== undefined;
const isThere = (): boolean => {
  try {
    execFileSync('slowhttptest', ['-h'], { stdio: 'ignore' });
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ENOENT';
  }
};
const hasTool = isMeasured && isThere();
if (isMeasured && !hasTool)
  process.stdout.write('slowhttptest is not installed: skipped (apt-get install slowhttptest)\n');

const CONNECTIONS = 1000;
const SECONDS = 15;
const MODES = [
  { name: 'slow heads (-H)', path: '/predict', flags: ['-H', '-i', '1'] },
  { name: 'slow bodies (-B)', path: '/predict', flags: ['-B', '-i', '1', '-s', '100000', '-f', 'application/json'] },
  { name: 'ranges (-R)', path: '/metrics', flags: ['-R', '-a', '10', '-b', '3000'] },
  { name: 'slow readers (-X)', path: '/metrics', flags: ['-X', '-n', '1', '-k', '5'] },
] as const;

describe.skipIf(!hasTool)('slowhttptest', () => {
  let served: Served;
  const lines: string[] = [...LIVEZ_HEAD];

  beforeAll(async () => {
    const dir = await makeTemp();
    await copyFile(fixturePath('real/iris'), join(dir, 'm.onnx'));
    const head = [
      'apiVersion: mlserve.dev/v1',
      'name: svc',
      'version: 1.0.0',
      'models:',
      '  - { name: m, path: m.onnx }',
    ];
    await writeFile(join(dir, 'mlserve.yaml'), [...head, ''].join('\n'));
    served = await startServer(dir, ['--log-format', 'off']);
  });
  afterAll(() => {
    served?.process.kill('SIGKILL');
    process.stdout.write(`${lines.join('\n')}\n`);
  });

  it.each(MODES)(
    '$name finds the service available all the time',
    { timeout: 120_000 },
    async ({ name, path, flags }) => {
      const rate = ['-c', String(CONNECTIONS), '-r', '200', '-l', String(SECONDS), '-p', '3'];
      const run = () => promisify(execFile)('slowhttptest', [...flags, ...rate, '-u', served.url + path]);
      const [livez, { stdout }] = await livezDuring(Number(new URL(served.url).port), run);
      lines.push(livezLine(name, livez, `${CONNECTIONS} connections, ${SECONDS} s`));
      const plain = stripVTControlCharacters(stdout);
      const said = [...plain.matchAll(/service available:\s+(\w+)/g)].map(([, word]) => word);
      expect(said.length).toBeGreaterThan(1);
      expect(new Set(said)).toEqual(new Set(['YES']));
      expect(livez.failed).toBe(0);
      expect(livez.p99).toBeLessThan(p99Bar());
    },
  );
});
