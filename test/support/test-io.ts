/** The real `Io` in a folder of a test, with a terminal that remembers what was printed and a person who has answers ready. */
import { MlserveError } from '../../src/errors.ts';
import { realFiles } from '../../src/io/files.ts';
import { realIo } from '../../src/io/io.ts';
import type { Io, Question, Terminal } from '../../src/ports.ts';

export interface TestIo extends Io {
  /** What went to standard output. */
  stdout(): string;
  /** Lines for people. */
  stderr(): string;
  /** Calls the signal listeners, as Ctrl-C does. */
  interrupt(): void;
  /** Questions asked so far. */
  readonly questions: readonly string[];
}

export interface TestIoOptions {
  /**
   * Answers to questions, by the flag that would have given them; of several, each is given when the one before was refused. Without
   * any, there is no terminal to ask on.
   */
  readonly answers?: Readonly<Record<string, string | readonly string[]>>;
}

export function testIo(cwd: string, { answers }: TestIoOptions = {}): TestIo {
  const out: string[] = [];
  const lines: string[] = [];
  const questions: string[] = [];
  const listeners = new Set<(signal: 'SIGTERM' | 'SIGINT') => void>();
  const say = (line: string): void => void lines.push(line);
  const terminal: Terminal = {
    isInteractive: answers !== undefined,
    columns: undefined,
    out: async (text) => void out.push(text),
    info: say,
    warn: (line) => say(`warning: ${line}`),
    error: say,
    step: (_, work) => work(() => {}),
    progress: () => ({ update: () => {}, end: () => {} }),
  };
  const ask = async ({ message, flag, initial = '', check }: Question): Promise<string> => {
    if (answers === undefined) throw new MlserveError('PROMPT_UNAVAILABLE', message, { hint: `give ${flag}` });
    questions.push(message);
    for (const given of [answers[flag.split(' ')[0] ?? ''] ?? ''].flat()) {
      const complaint = await check?.(given || initial);
      if (complaint === undefined) return given || initial;
      say(`> ${complaint}`);
    }
    throw new Error(`no answer to "${message}" was taken`);
  };
  return {
    ...realIo([]),
    cwd,
    env: {},
    files: realFiles(cwd),
    terminal,
    prompt: { text: ask, confirm: async (question) => (await ask(question)) === 'y' },
    onSignal(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    uncaught: () => new Promise(() => {}),
    stdout: () => out.join(''),
    stderr: () => lines.join('\n'),
    interrupt: () => {
      for (const listener of [...listeners]) listener('SIGINT');
    },
    questions,
  };
}
