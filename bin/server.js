// What an image starts: Node version gate, then the word of its command line. Bundled with all it needs by scripts/bundle-server.js; not a
// command of the package.
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  process.stderr.write(`error: mlserve needs Node 20.19 or newer; this base has Node ${process.versions.node}\n`);
  process.exitCode = 2;
} else {
  const [{ runContainer }, { realIo }, { realInside }] = await Promise.all([
    import('../dist/container.js'),
    import('../dist/io/io.js'),
    import('../dist/io/inside.js'),
  ]);
  // Nobody watches a container: `--json` keeps questions, colours and spinners away.
  process.exitCode = await runContainer(process.argv.slice(2), realIo(['--json']), realInside());
}
