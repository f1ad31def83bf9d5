/** Standard streams of a real process: pipes and files are written to directly, and everything arrives, in order. */
import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { tempFolder } from '../support/temp.ts';

const MODULE = JSON.stringify(resolve(import.meta.dirname, '../../dist/io/standard-stream.js'));

/** Runs `body`, which has `out` and `err`, with standard output in a pipe or in the file `fd`. */
function run(body: string, fd?: number): Promise<{ code: number | null; out: string; err: string }> {
  const script = `
    const fs = process.getBuiltinModule('node:fs');
    const { standardStream } = await import(${MODULE});
    const [out, err] = [standardStream(1, () => process.stdout), standardStream(2, () => process.stderr)];
    const taken = (stream, text) => new Promise((done) => stream.write(text, done));
    ${body}`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', fd ?? 'pipe', 'pipe'],
  });
  const text = { out: '', err: '' };
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
    text.out += chunk;
  });
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    text.err += chunk;
  });
  return new Promise((done) => child.once('close', (code) => done({ code, ...text })));
}

describe('a standard stream', () => {
  it('writes to a pipe without loading what sockets need', async () => {
    const { out, err } = await run(`
      await taken(out, 'größe\\n');
      await taken(err, String(process.moduleLoadList.includes('NativeModule net')));`);
    expect({ out, err }).toEqual({ out: 'größe\n', err: 'false' });
  });

  it('writes to a file', async () => {
    const path = join(await tempFolder(), 'out');
    const fd = openSync(path, 'w');
    await run(`await taken(out, 'one\\n'); await taken(out, 'two\\n');`, fd);
    closeSync(fd);
    expect(readFileSync(path, 'utf8')).toBe('one\ntwo\n');
  });

  it('delivers more than a pipe holds, whole', async () => {
    const { out } = await run(`await taken(out, 'x'.repeat(1_000_000)); await taken(out, 'end');`);
    expect(out.length).toBe(1_000_003);
    expect(out.endsWith('xend')).toBe(true);
  });

  it("goes on through Node's stream where a pipe is full and does not wait", async () => {
    const { out } = await run(`
      const { writeSync } = fs;
      let isFull = false;
      fs.writeSync = (fd, bytes) => {
        if (isFull) throw Object.assign(new Error('full'), { code: 'EAGAIN' });
        isFull = true;
        return writeSync(fd, bytes.subarray(0, 4));
      };
      const patched = standardStream(1, () => process.stdout);
      await taken(patched, 'first line\\n');
      await taken(patched, 'second line\\n');`);
    expect(out).toBe('first line\nsecond line\n');
  });

  it("keeps the order when Node's stream was opened in between", async () => {
    const { out } = await run(`
      await taken(out, '1');
      out.open().write('2');
      await taken(out, '3');`);
    expect(out).toBe('123');
  });

  it('tells why a text was not taken', async () => {
    const { out, err } = await run(`
      await taken(out, 'kept');
      fs.closeSync(1);
      await taken(err, (await taken(out, 'lost')).code);`);
    expect({ out, err }).toEqual({ out: 'kept', err: 'EBADF' });
  });
});
