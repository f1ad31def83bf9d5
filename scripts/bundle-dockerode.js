// Makes dist/dockerode.cjs from node_modules/dockerode, so that installing mlserve brings neither its packages nor their install scripts
// (docs/decisions/0010). Part of `npm run build`.
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { writeLicenses } from './bundled-packages.js';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const outfile = join(root, 'dist', 'dockerode.cjs');

/** Engines behind ssh, the session of BuildKit and packing folders: none of it is ever called. */
const LEFT_OUT = /^(ssh2|tar-fs|@balena\/dockerignore|@grpc\/.*|protobufjs|\.\/session|\.\/buildkit)$/;

const leaveOut = {
  name: 'leave-out',
  setup: ({ onResolve, onLoad }) => {
    onResolve({ filter: LEFT_OUT }, ({ path }) => ({ path, namespace: 'left-out' }));
    onLoad({ filter: /.*/, namespace: 'left-out' }, () => ({ contents: 'module.exports = {};' }));
  },
};

const { metafile } = await build({
  entryPoints: [join(root, 'node_modules', 'dockerode')],
  outfile,
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  plugins: [leaveOut],
  metafile: true,
  logLevel: 'warning',
});
writeLicenses([metafile], `${outfile}.LICENSES.txt`);
