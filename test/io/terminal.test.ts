/** The terminal on real pipes and fake TTYs: results on stdout, words on stderr, no garbled lines, quiet when the reader leaves. */
import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import type { Presentation } from '../../src/io/presentation.ts';
import type { StandardStream } from '../../src/io/standard-stream.ts';
import { progressLine, realTerminal, stepText } from '../../src/io/terminal.ts';
import type { Terminal } from '../../src/ports.ts';

const PLAIN: Presentation = { isInteractive: false, hasColor: false, isAnimated: false, isQuiet: false };

interface Made {
  readonly terminal: Terminal;
  out(): string;
  err(): string;
}

function make(presentation: Partial<Presentation> = {}, columns = 80): Made {
  const text = { out: '', err: '' };
  const stream = (name: 'out' | 'err'): StandardStream => {
    const through = new PassThrough({ encoding: 'utf8' });
    through.on('data', (chunk: string) => {
      text[name] += chunk;
    });
    const node = Object.assign(through, { columns }) as unknown as NodeJS.WriteStream;
    return { open: () => node, columns: () => columns, write: (words, done) => void node.write(words, done) };
  };
  const terminal = realTerminal({ stdout: stream('out'), stderr: stream('err') }, () => ({
    ...PLAIN,
    ...presentation,
  }));
  return { terminal, out: () => text.out, err: () => text.err };
}

describe('the terminal', () => {
  it('writes results to stdout and words to stderr', async () => {
    const { terminal, out, err } = make();
    await terminal.out('result\n');
    terminal.info('info');
    terminal.warn('careful');
    terminal.error('error: no');
    expect(await terminal.step('working', async () => 7)).toBe(7);
    expect(out()).toBe('result\n');
    expect(err()).toBe('info\nwarning: careful\nerror: no\nworking\n');
  });

  it('when quiet keeps warnings and errors and drops the rest', async () => {
    const { terminal, err } = make({ isQuiet: true });
    terminal.info('info');
    terminal.warn('careful');
    terminal.error('error: no');
    await terminal.step('working', async () => {});
    expect(err()).toBe('warning: careful\nerror: no\n');
  });

  it('spells out control characters, so that a name out of a file cannot act on the screen', async () => {
    const { terminal, err } = make();
    terminal.warn('the input "a\u001b[2J\u009b1A\u202e"\nsecond line');
    await terminal.step('examining \u001b]0;x\u0007', async () => {});
    expect(err()).toBe('warning: the input "a\\u001b[2J\\u009b1A\\u202e"\nsecond line\nexamining \\u001b]0;x\\u0007\n');
  });

  it('passes the error of a step through', async () => {
    const { terminal } = make();
    await expect(terminal.step('working', () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
  });

  it('says in place of a step what goes on in it, on a terminal alone, cut to one line', async () => {
    const piped = make();
    await piped.terminal.step('building', async (now) => now('COPY a /'));
    expect(piped.err()).toBe('building\n');
    const tty = make({ isAnimated: true }, 30);
    await tty.terminal.step('building', async (now) => {
      now('COPY a /');
      tty.terminal.info('  FROM scratch');
    });
    expect(tty.err()).toContain(' COPY a /');
    expect(tty.err()).toContain('  FROM scratch\n');
    expect(stepText('building', 'RUN "a very long command"', 20)).toBe('RUN "a very long…');
    expect(stepText('building', 'RUN \u001b[2J', 80)).toBe('RUN \\u001b[2J');
    expect(stepText('building', '')).toBe('building');
  });

  it('draws no progress without a terminal, and clears the bar before a line on one', () => {
    const piped = make();
    piped.terminal.progress('scoring').update(1, 2, '1 row');
    expect(piped.err()).toBe('');
    const tty = make({ isAnimated: true });
    const bar = tty.terminal.progress('scoring');
    bar.update(1, 2, '1 row');
    tty.terminal.warn('row 3 is bad');
    bar.end();
    expect(tty.err()).toBe(`\r\u001b[K${progressLine('scoring', '1 row', 1, 2)}\r\u001b[Kwarning: row 3 is bad\n`);
  });

  it('draws nothing on a terminal that has no size', async () => {
    const { terminal, err } = make({ isAnimated: true }, 0);
    await terminal.step('working', async () => {});
    terminal.progress('scoring').update(1, 2, '1 row');
    expect(err()).toBe('working\n');
  });

  it('shows progress as a bar with a total and in words without', () => {
    expect(progressLine('scoring', '7 rows', 50, 200)).toBe(
      `scoring [${'#'.repeat(6)}${'·'.repeat(18)}] 25 % (7 rows)`,
    );
    expect(progressLine('scoring', '7 rows', 50, undefined)).toBe('scoring (7 rows)');
  });

  it('ends quietly when the reader of stdout has gone', async () => {
    const script = `
      import { realIo } from ${JSON.stringify(resolve(import.meta.dirname, '../../dist/io/io.js'))};
      const io = realIo([]);
      try { for (;;) await io.terminal.out('line\\n'.repeat(2000)); }
      catch (error) { io.terminal.error('never seen'); process.exitCode = error.code === 'INTERRUPTED' ? 130 : 1; }`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'pipe'] });
    let err = '';
    child.stderr.on('data', (chunk) => {
      err += chunk;
    });
    child.stdout.once('data', () => child.stdout.destroy());
    const code = await new Promise((done) => child.once('close', done));
    expect({ code, err }).toEqual({ code: 130, err: '' });
  });
});
