/** Signals in the middle of writing, in processes of their own: nothing half made stays, and the error is INTERRUPTED. */
import { spawn } from 'node:child_process';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { tempFolder } from '../support/temp.ts';

const FILES = JSON.stringify(resolve(import.meta.dirname, '../../dist/io/files.js'));

/** Runs a script that has `files`, and `wait`; it is sent the signal when it prints "now". The last word it prints comes back. */
async function interrupted(folder: string, signal: NodeJS.Signals, body: string): Promise<string> {
  const script = `
    import { realFiles } from ${FILES};
    const files = realFiles(${JSON.stringify(folder)});
    const wait = (ms) => new Promise((wake) => setTimeout(wake, ms));
    const say = (word) => process.stdout.write(word + ' ');
    try { ${body} } catch (error) { say(error.code ?? error.stack); }`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let out = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    if (!out.includes('now') && (out + text).includes('now')) child.kill(signal);
    out += text;
  });
  const code = await new Promise((done) => child.once('close', (status, by) => done(by ?? status)));
  return `${out.trim()} ${code}`;
}

describe.each(['SIGINT', 'SIGTERM'] as const)('%s', (signal) => {
  it('while a file is written leaves the old one and no other', async () => {
    const cwd = await tempFolder();
    await writeFile(join(cwd, 'mlserve.lock'), 'old');
    const body = `
      await files.writeChunks('mlserve.lock', (async function* () {
        yield 'new'; await wait(50); say('now'); await wait(500); yield 'more';
      })());`;
    expect(await interrupted(cwd, signal, body)).toBe('now INTERRUPTED 0');
    expect(await readdir(cwd)).toEqual(['mlserve.lock']);
    expect(await readFile(join(cwd, 'mlserve.lock'), 'utf8')).toBe('old');
  });

  it('before staged files are moved leaves the target as it was', async () => {
    const cwd = await tempFolder();
    await mkdir(join(cwd, 'p'));
    await writeFile(join(cwd, 'p/kept'), '1');
    for (const target of ['p', 'new/q']) {
      const body = `
        const staged = await files.stage('${target}');
        try {
          await files.writeAtomic(staged.path + '/x', '1');
          say('now'); await wait(300);
          ${target === 'p' ? 'await staged.compare();' : ''}
          await staged.commit(['x']);
        } finally { await staged.discard(); }`;
      expect(await interrupted(cwd, signal, body)).toBe('now INTERRUPTED 0');
    }
    expect(await readdir(cwd, { recursive: true })).toEqual(['p', 'p/kept']);
  });

  it('means what it did before once everything is written', async () => {
    const cwd = await tempFolder();
    const body = `await files.writeAtomic('a', '1'); const s = await files.stage('q'); await s.discard(); say('now'); await wait(5000);`;
    expect(await interrupted(cwd, signal, body)).toBe(`now ${signal}`);
  });
});
