/** Work × the signals of the process → its result, or INTERRUPTED as soon as one comes. */
import { MlserveError } from '../errors.ts';
import type { Io } from '../ports.ts';

/**
 * The work's own end is not waited for, so what it would leave behind must be cleaned up by the caller; it is handed a signal
 * to stop early. The next Ctrl-C ends the process at once.
 */
export async function interruptible<T>(
  io: Pick<Io, 'onSignal'>,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  let stop = (): void => {};
  const interrupted = new Promise<never>((_, reject) => {
    stop = io.onSignal((signal) => {
      stop();
      controller.abort();
      reject(new MlserveError('INTERRUPTED', `stopped by ${signal}`));
    });
  });
  try {
    return await Promise.race([work(controller.signal), interrupted]);
  } finally {
    stop();
  }
}

/** The chunks until the signal: nothing more is read after it. */
export async function* untilAborted<T>(chunks: AsyncIterable<T>, signal: AbortSignal): AsyncGenerator<T> {
  for await (const chunk of chunks) {
    if (signal.aborted) throw new MlserveError('INTERRUPTED', 'stopped');
    yield chunk;
  }
}
