// What an image starts. Bundled with all it needs by scripts/bundle-server.js; not a command of the package.
import { runContainer } from '../dist/container.js';
import { realIo } from '../dist/io/io.js';

// Nobody watches a container: `--json` keeps questions, colours and spinners away.
process.exitCode = await runContainer(process.argv.slice(2), realIo(['--json']));
