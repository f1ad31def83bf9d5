/** Standard output or error → a writer. A pipe or a file is written to directly: opening Node's stream for it loads half of node:net. */
import { once } from './once.ts';

export interface StandardStream {
  /** Node's own stream, opened by the first call; what is written afterwards goes through it. */
  open(): NodeJS.WriteStream;
  /** Columns where it is a terminal. */
  columns(): number | undefined;
  /** `done` is told when the text was taken, or why not. */
  write(text: string, done?: (error?: Error | null) => void): void;
}

export function standardStream(fd: 1 | 2, node: () => NodeJS.WriteStream): StandardStream {
  // Asked for, not imported: the start of the CLI is short.
  const { fstatSync, writeSync } = process.getBuiltinModule('node:fs');
  let isOpen = false;
  const open = once(() => {
    isOpen = true;
    // Errors come to `done`; one that comes later has nobody to tell.
    return node().on('error', () => {});
  });
  // A terminal, and what else this cannot judge, is Node's to know about.
  const isPlain = once(() => {
    const stat = fstatSync(fd);
    return stat.isFIFO() || stat.isFile() || stat.isSocket();
  });
  return {
    open,
    columns: () => (isPlain() ? undefined : open().columns),
    write(text, done = () => {}) {
      if (isOpen || !isPlain()) {
        open().write(text, done);
        return;
      }
      let rest = Buffer.from(text);
      try {
        while (rest.length > 0) rest = rest.subarray(writeSync(fd, rest));
      } catch (error) {
        // Full, and somebody made it non-blocking: Node's stream knows how to wait.
        if ((error as NodeJS.ErrnoException).code === 'EAGAIN') open().write(rest, done);
        else done(error as Error);
        return;
      }
      done();
    },
  };
}
