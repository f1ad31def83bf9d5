/** The signals of the process → a promise that rejects with INTERRUPTED, so that work which has half made something can clean up. */
import process from 'node:process';
import { MlserveError } from '../errors.ts';

export interface Interruption {
  /** Rejects at the first SIGINT or SIGTERM; never resolves. */
  readonly signalled: Promise<never>;
  /** Signals mean again what they meant before. */
  stop(): void;
}

/** Listens until `stop` or the first signal: the next one ends the process at once. */
export function watchSignals(): Interruption {
  let reject: (error: MlserveError) => void = () => {};
  const signalled = new Promise<never>((_, fail) => {
    reject = fail;
  });
  // Nobody may be waiting when it comes.
  signalled.catch(() => {});
  const stop = (): void => void process.off('SIGINT', listen).off('SIGTERM', listen);
  const listen = (signal: NodeJS.Signals): void => {
    stop();
    reject(new MlserveError('INTERRUPTED', `stopped by ${signal}`));
  };
  process.on('SIGINT', listen).on('SIGTERM', listen);
  return { signalled, stop };
}
