/** Presentation × standard streams → the `Terminal` port: the one writer to stdout and stderr. */
import type { Ora } from 'ora';
import { MlserveError } from '../errors.ts';
import type { Terminal } from '../ports.ts';
import { visibleLines } from '../visible.ts';
import { once } from './once.ts';
import type { Presentation } from './presentation.ts';

export interface Streams {
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
}

/** Milliseconds between two drawings of a progress line. */
const REDRAW_MS = 100;

/** Streams are opened, and the presentation is asked for, with the first use: `--help` needs one of the three. */
export function realTerminal(streams: Streams, presentation: () => Presentation): Terminal {
  const stdout = once(() =>
    streams.stdout.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') readerGone = true;
    }),
  );
  // Nothing can be said when stderr is gone; a line for people is never worth a crash.
  const stderr = once(() => streams.stderr.on('error', () => {}));
  const isQuiet = (): boolean => presentation().isQuiet;
  // A pseudo-terminal without a size has 0 columns, over which the spinner would divide and clear lines for ever.
  const isAnimated = (): boolean => presentation().isAnimated && stderr().columns !== 0;
  let readerGone = false;
  let spinner: Ora | undefined;
  let hasBar = false;
  const clearBar = (): void => {
    if (hasBar) stderr().write('\r\u001b[K');
    hasBar = false;
  };
  const say = (text: string): void => {
    // After `mlserve … | head` has had enough, silence is the answer people expect.
    if (readerGone) return;
    clearBar();
    spinner?.clear();
    stderr().write(`${visibleLines(text)}\n`);
    spinner?.render();
  };
  const draw = async (label: string): Promise<Ora> => {
    const { default: ora } = await import('ora');
    const color = presentation().hasColor ? 'cyan' : false;
    return ora({ text: visibleLines(label), stream: stderr(), discardStdin: false, isEnabled: true, color }).start();
  };

  return {
    get isInteractive() {
      return presentation().isInteractive;
    },
    out: (text) =>
      new Promise((resolve, reject) => {
        if (readerGone) return reject(outputClosed());
        if (stdout().isTTY) clearBar();
        stdout().write(text, (error) => {
          if (error === null || error === undefined) return resolve();
          const { code } = error as NodeJS.ErrnoException;
          if (code === 'EPIPE') readerGone = true;
          reject(code === 'EPIPE' ? outputClosed() : new MlserveError('FILE_UNREADABLE', `standard output: ${code}`));
        });
      }),
    info: (line) => {
      if (!isQuiet()) say(line);
    },
    warn: (line) => say(`warning: ${line}`),
    error: say,
    async step(label, work) {
      if (!isAnimated()) {
        if (!isQuiet()) say(label);
        return await work();
      }
      const outer = spinner;
      const outerText = outer?.text;
      if (outer === undefined) spinner = await draw(label);
      else outer.text = visibleLines(label);
      try {
        return await work();
      } finally {
        if (outer !== undefined) outer.text = outerText ?? '';
        else {
          spinner?.stop();
          spinner = undefined;
        }
      }
    },
    progress(label) {
      let drawnAt = 0;
      return {
        update(done, total) {
          const now = performance.now();
          if (!isAnimated() || spinner !== undefined || now - drawnAt < REDRAW_MS) return;
          drawnAt = now;
          hasBar = true;
          stderr().write(`\r\u001b[K${progressLine(label, done, total)}`);
        },
        end: clearBar,
      };
    },
  };
}

/** `scoring [########········] 50 % (500 of 1000)`; without a total the count alone. Pure. */
export function progressLine(label: string, done: number, total?: number): string {
  if (total === undefined || total <= 0) return `${label} ${done}`;
  const share = Math.min(1, done / total);
  const filled = Math.round(share * 24);
  return `${label} [${'#'.repeat(filled)}${'·'.repeat(24 - filled)}] ${Math.floor(share * 100)} % (${done} of ${total})`;
}

function outputClosed(): MlserveError {
  return new MlserveError('INTERRUPTED', 'the reader of standard output has gone');
}
