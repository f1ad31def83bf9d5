/** The parser of command lines, loaded the fast way. */
import { createRequire } from 'node:module';

// Required, not imported: an import of CommonJS scans its text for exports first, which costs a tenth of the start of the CLI.
export const { Command, CommanderError, InvalidArgumentError, Option } = createRequire(import.meta.url)(
  'commander',
) as typeof import('commander');
