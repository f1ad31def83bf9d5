#!/usr/bin/env node
// Node version gate, compile cache, run main, set process.exitCode; nothing else.
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  process.stderr.write(`error: mlserve needs Node 20.19 or newer; this is Node ${process.versions.node}\n`);
  process.exitCode = 2;
} else {
  // Asked for, not imported: an import of node:module costs more than the cache saves. Node 20 has no cache.
  process.getBuiltinModule('node:module').enableCompileCache?.();
  const [{ run }, { realIo }] = await Promise.all([import('../dist/main.js'), import('../dist/io/io.js')]);
  const argv = process.argv.slice(2);
  process.exitCode = await run(argv, realIo(argv));
}
