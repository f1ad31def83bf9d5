/** Lines to a pipe: in order and complete for a reader that reads, and no harm from one that does not. Runs the built edge. */
import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { tempFolder } from '../support/temp.ts';

const IO = JSON.stringify(resolve(import.meta.dirname, '../../dist/io/io.js'));
const script = (body: string): string[] => [
  '--input-type=module',
  '-e',
  `import { realIo } from ${IO}; const io = realIo([]); const log = await io.openLog('json', { service: 'svc' });\n${body}`,
];
const lineNumbers = (text: string): number[] =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line).n);

describe('the JSON log', () => {
  it('is complete and in order when the process ends right after its last line', async () => {
    const child = spawn(process.execPath, script(`for (let n = 0; n < 20000; n++) log.info('line', { n });`));
    let text = '';
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
    const code = await new Promise((done) => child.once('close', done));
    expect(code).toBe(0);
    expect(lineNumbers(text)).toEqual(Array.from({ length: 20_000 }, (_, n) => n));
  });

  it('is complete in a file too, and when the process is ended by a call', async () => {
    const file = join(await tempFolder(), 'log');
    const fd = openSync(file, 'w');
    const body = `for (let n = 0; n < 500; n++) log.info('line', { n }); process.exit(7);`;
    const child = spawn(process.execPath, script(body), { stdio: ['ignore', 'ignore', fd] });
    closeSync(fd);
    expect(await new Promise((done) => child.once('exit', done))).toBe(7);
    expect(lineNumbers(readFileSync(file, 'utf8'))).toEqual(Array.from({ length: 500 }, (_, n) => n));
  });

  it('neither stops the process nor keeps it from ending when its reader sleeps, and says later how many lines are lost', async () => {
    const text = 'x'.repeat(1000);
    const body = `
      for (let n = 0; n < 12000; n++) log.info('${text}', { n });
      await new Promise((wake) => setTimeout(wake, 50));
      console.log('still alive');
      await new Promise((wake) => process.stdin.once('data', wake));
      await new Promise((wake) => setTimeout(wake, 500));
      log.info('after', { n: -1 });
      process.stdin.unref();`;
    const child = spawn(process.execPath, script(body));
    await new Promise((done) => child.stdout.once('data', done));
    let log = '';
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      log += chunk;
    });
    child.stdin.write('go on\n');
    expect(await new Promise((done) => child.once('close', done))).toBe(0);
    const lines = log
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    const lost = lines.find((line) => line.lines !== undefined);
    expect(lost).toMatchObject({ level: 'warn', service: 'svc', message: expect.stringContaining('lost') });
    expect(lost.lines).toBeGreaterThan(0);
    expect(lines.filter((line) => line.n >= 0)).toHaveLength(12_000 - lost.lines);
    expect(lines.at(-1)).toMatchObject({ message: 'after' });
  });

  it('does not keep a process from ending whose reader never reads', async () => {
    const body = `for (let n = 0; n < 2000; n++) log.info('${'x'.repeat(1000)}'); console.log('done');`;
    const child = spawn(process.execPath, script(body));
    child.stdout.resume();
    const started = performance.now();
    expect(await new Promise((done) => child.once('exit', done))).toBe(0);
    expect(performance.now() - started).toBeLessThan(6000);
  });

  it('is not missed when its reader has gone', async () => {
    const body = `
      await new Promise((wake) => process.stdin.once('data', wake));
      for (let n = 0; n < 10; n++) { log.info('line', { n }); await new Promise(setImmediate); }
      console.log('still alive'); process.stdin.unref();`;
    const child = spawn(process.execPath, script(body));
    let out = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      out += chunk;
    });
    child.stderr.destroy();
    child.stdin.write('go on\n');
    expect(await new Promise((done) => child.once('close', done))).toBe(0);
    expect(out).toBe('still alive\n');
  });
});
