/** The command line of this process → its exit code. The build makes this module and all that it imports one file. */
import { EXIT } from './errors.ts';
import { realIo } from './io/io.ts';
import { run } from './main.ts';

/** `argv` without `node` and the script. Never rejects. */
export async function start(argv: readonly string[]): Promise<number> {
  const io = realIo(argv);
  const code = await run(argv, io);
  // After a bug nobody knows what still runs.
  if (code === EXIT.bug) io.end(code);
  return code;
}
