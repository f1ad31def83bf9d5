/** Log lines → a descriptor, together at the end of each turn of the event loop. A reader that stops costs lines, never the service. */
import { Buffer } from 'node:buffer';
import { constants, fstatSync, openSync, writeSync } from 'node:fs';

/** What may wait for a slow reader; beyond it lines are dropped and counted. */
const MOST_WAITING = 8 * 2 ** 20;
const RETRY_MS = 20;
/** What the end of the process waits for a slow reader. */
const LAST_MS = 1000;

export interface LineWriterOptions {
  readonly fd: number;
  /** The line that says how many were dropped, once there is room again. */
  readonly onDropped: (lines: number) => string;
}

/** Writes at once are system calls, of which one a request would be a tenth of its cost: so lines wait for the end of the turn. */
export class LineWriter {
  readonly #fd: number;
  readonly #onDropped: (lines: number) => string;
  #lines = '';
  /** What the reader has not taken yet of earlier turns. */
  #rest: Buffer = Buffer.alloc(0);
  #dropped = 0;
  #isScheduled = false;
  #isReaderGone = false;

  constructor({ fd, onDropped }: LineWriterOptions) {
    this.#fd = withoutBlocking(fd);
    this.#onDropped = onDropped;
  }

  /** Takes a line with its end. */
  write(line: string): void {
    if (this.#isReaderGone) return;
    if (this.#lines.length + this.#rest.length > MOST_WAITING) {
      this.#dropped++;
      return;
    }
    this.#lines += line;
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => this.#writeOn());
  }

  /** Writes what waits before it returns; for the end of the process. */
  flush(): void {
    const sleep = new Int32Array(new SharedArrayBuffer(4));
    for (let waited = 0; !this.#attempt() && waited < LAST_MS; waited += RETRY_MS) {
      Atomics.wait(sleep, 0, 0, RETRY_MS);
    }
  }

  #writeOn(): void {
    this.#isScheduled = !this.#attempt();
    // What waits for a slow reader does not keep the process alive: its end flushes.
    if (this.#isScheduled) setTimeout(() => this.#writeOn(), RETRY_MS).unref();
  }

  /** Whether everything could be written. */
  #attempt(): boolean {
    for (;;) {
      if (this.#rest.length === 0) {
        if (this.#dropped > 0) {
          this.#lines += this.#onDropped(this.#dropped);
          this.#dropped = 0;
        }
        if (this.#lines === '') return true;
        this.#rest = Buffer.from(this.#lines);
        this.#lines = '';
      }
      try {
        this.#rest = this.#rest.subarray(writeSync(this.#fd, this.#rest));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return false;
        // Nobody reads (EPIPE), or the disk is full: a log line is never worth a crash.
        this.#isReaderGone = (error as NodeJS.ErrnoException).code === 'EPIPE';
        this.#rest = Buffer.alloc(0);
        this.#lines = '';
        return true;
      }
    }
  }
}

/**
 * A pipe is opened once more, for us alone: a write to the one we were given would block the process while its reader sleeps, and
 * making that one non-blocking would do so for everyone who shares it. Other kinds of files are written as they are.
 */
function withoutBlocking(fd: number): number {
  try {
    if (!fstatSync(fd).isFIFO()) return fd;
    return openSync(`/proc/self/fd/${fd}`, constants.O_WRONLY | constants.O_NONBLOCK);
  } catch {
    return fd;
  }
}
