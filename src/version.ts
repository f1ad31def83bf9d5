/** mlserve's own version, read off package.json so that it is written once. */

// Asked for, not imported: importing node:module makes all its exports, which costs more than reading the file.
const { createRequire } = process.getBuiltinModule('node:module');
const { version } = createRequire(import.meta.url)('../package.json') as { readonly version: string };

export const VERSION: string = version;
