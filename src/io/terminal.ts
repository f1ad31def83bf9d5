/** Presentation × standard streams → the `Terminal` port: the one writer to stdout and stderr. */
import type { Ora } from 'ora';
import { MlserveError } from '../errors.ts';
import type { Terminal } from '../ports.ts';
import { visible, visibleLines } from '../visible.ts';
import type { Presentation } from './presentation.ts';
import type { StandardStream } from './standard-stream.ts';

export interface Streams {
  readonly stdout: StandardStream;
  readonly stderr: StandardStream;
}

/** A pipe, and a socket that was closed with text unread. */
const READER_GONE = ['EPIPE', 'ECONNRESET'];

/** The spinner itself, the space after it, and a free last column. */
const SPINNER_COLUMNS = 3;
/** Milliseconds between two drawings of a progress line. */
const REDRAW_MS = 100;

/** The presentation is asked for when something depends on it: `--help` does not. */
export function realTerminal({ stdout, stderr }: Streams, presentation: () => Presentation): Terminal {
  const isQuiet = (): boolean => presentation().isQuiet;
  // A pseudo-terminal without a size has 0 columns, over which the spinner would divide and clear lines for ever.
  const isAnimated = (): boolean => presentation().isAnimated && stderr.columns() !== 0;
  let readerGone = false;
  let spinner: Ora | undefined;
  let hasBar = false;
  const clearBar = (): void => {
    if (hasBar) stderr.write('\r\u001b[K');
    hasBar = false;
  };
  const say = (text: string): void => {
    // After `mlserve … | head` has had enough, silence is the answer people expect.
    if (readerGone) return;
    clearBar();
    spinner?.clear();
    stderr.write(`${visibleLines(text)}\n`);
    spinner?.render();
  };
  const draw = async (label: string): Promise<Ora> => {
    const { default: ora } = await import('ora');
    const color = presentation().hasColor ? 'cyan' : false;
    return ora({
      text: visibleLines(label),
      stream: stderr.open(),
      discardStdin: false,
      isEnabled: true,
      color,
    }).start();
  };

  return {
    get isInteractive() {
      return presentation().isInteractive;
    },
    get columns() {
      return stdout.columns();
    },
    out: (text) =>
      new Promise((resolve, reject) => {
        if (readerGone) return reject(outputClosed());
        if (hasBar && stdout.columns() !== undefined) clearBar();
        stdout.write(text, (error) => {
          if (error === null || error === undefined) return resolve();
          const { code = '' } = error as NodeJS.ErrnoException;
          readerGone ||= READER_GONE.includes(code);
          reject(readerGone ? outputClosed() : new MlserveError('FILE_UNREADABLE', `standard output: ${code}`));
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
        return await work(() => {});
      }
      const outer = spinner;
      const outerText = outer?.text;
      if (outer === undefined) spinner = await draw(label);
      else outer.text = visibleLines(label);
      const shown = spinner as Ora | undefined;
      try {
        return await work((words) => {
          if (shown !== undefined) shown.text = stepText(label, words, stderr.columns());
        });
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
        update(done, total, words) {
          const now = performance.now();
          if (!isAnimated() || spinner !== undefined || now - drawnAt < REDRAW_MS) return;
          drawnAt = now;
          hasBar = true;
          stderr.write(`\r\u001b[K${progressLine(label, words, done, total)}`);
        },
        end: clearBar,
      };
    },
  };
}

/** What goes on, or else the label, on one line: the spinner redraws it many times a second. Pure. */
export function stepText(label: string, words: string, columns = 80): string {
  const text = visible(words === '' ? label : words);
  const room = Math.max(columns - SPINNER_COLUMNS, 1);
  return text.length <= room ? text : `${text.slice(0, room - 1)}…`;
}

/** `scoring [########········] 50 % (500 rows)`; without a total the words alone. Pure. */
export function progressLine(label: string, words: string, done: number, total: number | undefined): string {
  if (total === undefined || total <= 0) return `${label} (${words})`;
  const share = Math.min(1, done / total);
  const filled = Math.round(share * 24);
  return `${label} [${'#'.repeat(filled)}${'·'.repeat(24 - filled)}] ${Math.floor(share * 100)} % (${words})`;
}

function outputClosed(): MlserveError {
  return new MlserveError('INTERRUPTED', 'the reader of standard output has gone');
}
