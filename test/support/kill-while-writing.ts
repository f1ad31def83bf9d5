/** A process that replaces a file over and over, alternating between texts, killed with SIGKILL in the middle. */
import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const FILES = pathToFileURL(resolve(import.meta.dirname, '../../dist/io/files.js')).href;

const SCRIPT = `
const { realFiles } = await import(process.argv[1]);
const [, , path, ...texts] = process.argv;
const files = realFiles('/');
for (let turn = 0; ; turn++) {
  await files.writeAtomic(path, texts[turn % texts.length].repeat(2000));
  if (turn === 0) process.stdout.write('writing');
}`;

/** Starts the writer, waits until it has written once, kills it after some milliseconds. */
export async function killWhileWriting(path: string, texts: readonly string[], afterMs: number): Promise<void> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', SCRIPT, FILES, path, ...texts]);
  const ended = new Promise((done) => child.once('close', done));
  let trouble = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    trouble += text;
  });
  const started = new Promise<boolean>((done) => {
    child.stdout.once('data', () => done(true));
    child.once('close', () => done(false));
  });
  if (!(await started)) throw new Error(`the writer did not start:\n${trouble}`);
  await new Promise((wake) => setTimeout(wake, afterMs));
  child.kill('SIGKILL');
  await ended;
}
