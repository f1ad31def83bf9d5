/** Signals × a running service → drained and closed; or ended hard, by a second signal or when time is up. */
import { EXIT } from '../errors.ts';
import type { Io, Log } from '../ports.ts';
import type { ServiceSpec } from '../service/spec.ts';

export interface ShutdownSteps {
  /** Readiness goes off; requests are still served. */
  drain(): void;
  /** Finishes what is in flight, within `timeoutMs`. */
  close(timeoutMs: number): Promise<void>;
}

/** Beyond `drain.timeoutMs`: the time that closing takes when nothing hangs. */
const GRACE_MS = 2000;
/** `npx`, `npm run` and `timeout` pass on a signal that the terminal or they themselves have sent to the whole group: one wish, twice. */
const ECHO_MS = 200;

/** For requests to other models, when a run of one hangs. */
const HANG_GRACE_MS = 5000;

/** A run cannot be stopped, and every gentle end would wait for it: what else is in flight is answered, then the process ends, to be started again. */
export function endHung(io: Pick<Io, 'terminate'>, steps: ShutdownSteps): void {
  steps.drain();
  void steps.close(HANG_GRACE_MS).finally(() => io.terminate(EXIT.unable));
}

/** Resolves when a signal came and everything is closed. */
export function untilStopped(
  io: Pick<Io, 'onSignal' | 'terminate' | 'clock'>,
  { delayMs, timeoutMs }: ServiceSpec['drain'],
  steps: ShutdownSteps,
  log: Log,
): Promise<void> {
  return new Promise((resolve, reject) => {
    let firstAt: number | undefined;
    const stopListening = io.onSignal((signal) => {
      const now = io.clock.monotonic();
      if (firstAt !== undefined) {
        if (now - firstAt > ECHO_MS) io.terminate(EXIT.interrupted);
        return;
      }
      firstAt = now;
      steps.drain();
      log.info(`${signal}: finishing what is in flight (a second one ends at once)`);
      const hardEnd = setTimeout(
        () => {
          log.error(`not finished after ${delayMs + timeoutMs} ms, so ended with work in flight`);
          io.terminate(EXIT.unable);
        },
        delayMs + timeoutMs + GRACE_MS,
      );
      const finish = async (): Promise<void> => {
        if (delayMs > 0) await new Promise((wake) => setTimeout(wake, delayMs));
        await steps.close(timeoutMs);
      };
      finish()
        .finally(() => {
          clearTimeout(hardEnd);
          stopListening();
        })
        .then(resolve, reject);
    });
  });
}
