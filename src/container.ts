/** The words after the entry of an image × io → the service until it is told to stop, or one question to it; the exit code. */
import { serve } from './commands/serve.ts';
import { EXIT } from './errors.ts';
import type { Io } from './ports.ts';
import { reportError } from './report-error.ts';

/** Never rejects. */
export async function runContainer([, folder = '.']: readonly string[], io: Io): Promise<number> {
  try {
    await serve({ target: folder, frozen: true, log: 'json', quiet: true }, io);
    return EXIT.done;
  } catch (error) {
    return await reportError(error, false, io);
  }
}
