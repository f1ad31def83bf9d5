/** The command line of this process → its exit code. The build makes this module and all that it imports one file. */
import { realIo } from './io/io.ts';
import { run } from './main.ts';

/** `argv` without `node` and the script. Never rejects. */
export async function start(argv: readonly string[]): Promise<number> {
  return await run(argv, realIo(argv));
}
