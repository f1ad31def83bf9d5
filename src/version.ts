/** mlserve's own version, read off package.json so that it is written once. */
import { createRequire } from 'node:module';

const { version } = createRequire(import.meta.url)('../package.json') as { readonly version: string };

export const VERSION: string = version;
