/** The flags of `mlserve test` → USAGE for those that make no sense together. Pure. */
import { MlserveError } from '../errors.ts';
import type { InputFormat } from '../service/rows/read-rows.ts';

export interface TestOptions {
  /** The project folder, relative to `io.cwd`. */
  readonly project: string;
  readonly local: boolean;
  readonly image: readonly string[];
  readonly url: readonly string[];
  /** Rows in place of the golden examples, and the predictions they should get. */
  readonly file?: string | undefined;
  readonly inputFormat?: InputFormat | undefined;
  readonly expected?: string | undefined;
  readonly model?: string | undefined;
  readonly tolerance: readonly string[];
  readonly apiKey?: string | undefined;
  readonly ca?: string | undefined;
  readonly timeout: string;
  readonly update: boolean;
  readonly yes: boolean;
  readonly dryRun: boolean;
  readonly junit?: string | undefined;
  readonly sarif?: string | undefined;
}

export function requireSense({ local, image, url, file, expected, update, yes, dryRun }: TestOptions): void {
  if (!local && image.length === 0 && url.length === 0) {
    throw wrong('--no-local leaves nobody to ask', 'give --image or --url too');
  }
  if (update && !local) throw wrong('--update records what this process answers', 'leave out --no-local');
  if (expected !== undefined && file === undefined) throw wrong('--expected is about rows', 'give them with --file');
  if (!update && (yes || dryRun)) throw wrong('--yes and --dry-run are about what --update writes', 'add --update');
}

function wrong(message: string, hint: string): MlserveError {
  return new MlserveError('USAGE', message, { hint });
}
