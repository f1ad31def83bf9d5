#!/usr/bin/env node
// Node version gate, compile cache, run main, set process.exitCode; nothing else.
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  process.stderr.write(`error: mlserve needs Node 20.19 or newer; this is Node ${process.versions.node}\n`);
  process.exitCode = 2;
} else {
  // Asked for, not imported: an import of node:module costs more than the cache saves. Node 20 has no cache.
  process.getBuiltinModule('node:module').enableCompileCache?.();
  const { start } = await import('../dist/start.js');
  process.exitCode = await start(process.argv.slice(2));
}
