/** Work × the signals of the process → its result, or INTERRUPTED as soon as one comes. */
import { MlserveError } from '../errors.ts';
import type { Io } from '../ports.ts';

/**
 * The work is handed a signal to stop early, which is given in any case once it has ended: for what it has left running. After
 * an interruption its own end is not waited for, so the caller cleans up behind it. The next Ctrl-C ends the process at once.
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
    controller.abort();
  }
}
