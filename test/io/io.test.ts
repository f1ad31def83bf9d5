/** The built edge in a process of its own: signals, the hard end during a native run, the JSON log, the cost of the start. */
import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fixturePath } from '../support/fixtures.ts';

const IO = JSON.stringify(resolve(import.meta.dirname, '../../dist/io/io.js'));

interface Ended {
  readonly code: number | null;
  readonly signal: string | null;
  readonly out: string;
  readonly err: string;
}

/** Runs a script that has `io`; `onOut` may send signals when it first prints: a later one would meet a process without listeners. */
function runScript(body: string, onOut: (kill: (signal: NodeJS.Signals) => void) => void = () => {}): Promise<Ended> {
  const script = `import { realIo } from ${IO}; const io = realIo([]);\n${body}`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '';
  let err = '';
  child.stdout.once('data', () => onOut((signal) => child.kill(signal)));
  child.stdout.on('data', (chunk) => {
    out += chunk;
  });
  child.stderr.on('data', (chunk) => {
    err += chunk;
  });
  return new Promise((done) => child.once('close', (code, signal) => done({ code, signal, out, err })));
}

describe('the edge', () => {
  it.each([
    [130, 'SIGINT'],
    [2, 'SIGKILL'],
  ])('ends at once and without a word while a worker is inside a native run: code %d by %s', async (wanted, by) => {
    const { signal, err } = await runScript(`
      const runtime = await io.runtime();
      const session = await runtime.loadInWorker(${JSON.stringify(fixturePath('protocol/slow'))}, { threads: 1 }, () => {});
      io.onSignal(() => {});
      const inputs = new Map([['X', { type: 'float32', dims: [1, 1], data: new Float32Array(1) }]]);
      void session.run(inputs, session.outputNames);
      setTimeout(() => io.terminate(${wanted}), 100);`);
    expect({ signal, err }).toEqual({ signal: by, err: '' });
  });

  it('hands signals to the listener until it stops listening', async () => {
    const ended = await runScript(
      `const stop = io.onSignal(async (signal) => { await io.terminal.out(signal); stop(); clearInterval(timer); });
       const timer = setInterval(() => {}, 1000);
       await io.terminal.out('up ');`,
      (kill) => kill('SIGTERM'),
    );
    expect(ended).toMatchObject({ code: 0, out: 'up SIGTERM' });
  });

  it('logs JSON lines that carry the fields of the child, on stderr', async () => {
    const { out, err } = await runScript(`
      const log = (await io.openLog('json', { service: 's' })).child({ model: 'm', version: '1.0.0', digest: 'sha256:0' });
      log.warn('slow', { ms: 12 });`);
    expect(out).toBe('');
    const { time, ...line } = JSON.parse(err) as Record<string, unknown>;
    expect(line).toEqual({
      level: 'warn',
      service: 's',
      model: 'm',
      version: '1.0.0',
      digest: 'sha256:0',
      ms: 12,
      message: 'slow',
    });
    expect(String(time)).toMatch(/^\d{4}-\d\d-\d\dT/);
  });

  it('logs short lines for people, and nothing but trouble when off', async () => {
    const { err } = await runScript(`
      const text = (await io.openLog('pretty', {})).child({ model: 'm' });
      text.info('model ready', { engine: 'inline' });
      const off = await io.openLog('off', {});
      off.info('unseen');
      off.error('bad');`);
    expect(err).toMatch(/^\d\d:\d\d:\d\d m: model ready engine=inline\nerror: bad\n$/);
  });

  it('loads no library at the start', async () => {
    const { out } = await runScript(`
      const { default: module } = await import('node:module');
      const native = Object.keys(module.createRequire(import.meta.url).cache);
      await io.terminal.out(JSON.stringify(native));`);
    expect(JSON.parse(out)).toEqual([]);
  });

  it('refuses a question when there is no terminal, and names the flag', async () => {
    const { out } = await runScript(`
      const error = await io.prompt.text({ message: 'Name?', flag: '--name' }).catch((thrown) => thrown);
      await io.terminal.out([error.code, error.hint].join());`);
    expect(out).toBe('PROMPT_UNAVAILABLE,give --name');
  });
});
