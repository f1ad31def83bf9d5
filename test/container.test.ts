/** What an image starts, as a process of its own here. */
import { spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';
import { copyProject } from './support/projects.ts';
import { bareEnv } from './support/run-cli.ts';
import { tempFolder } from './support/temp.ts';

const SERVER = fileURLToPath(new URL('../bin/server.js', import.meta.url));
const FAULT = "process.on('SIGUSR2', () => { throw new TypeError('a fault of a test'); });";

it('ends a service in which a bug was thrown with exit code 3, and says where to report it', async () => {
  const fault = join(await tempFolder(), 'fault.mjs');
  await writeFile(fault, FAULT);
  const child = spawn(process.execPath, ['--import', pathToFileURL(fault).href, SERVER, 'serve', '.'], {
    cwd: await copyProject('plain/iris'),
    env: bareEnv({ MLSERVE_SERVER_PORT: '0' }),
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    if (!stderr.includes('model ready') && `${stderr}${text}`.includes('model ready')) child.kill('SIGUSR2');
    stderr += text;
  });
  const code = await new Promise((done) => child.once('close', done));
  expect(stderr).toContain('this is a bug in mlserve [INTERNAL]\nTypeError: a fault of a test');
  expect(code).toBe(3);
});
