// Makes dist/service/schema-validator.js what ajv compiles of the schema, so that nothing is compiled at a start. Run by `npm run build`; without it
// the CLI does the same, slower. docs/decisions/0005 says why.
import { fileURLToPath } from 'node:url';
import { Ajv } from 'ajv';
import standalone from 'ajv/dist/standalone/index.js';
import { build } from 'esbuild';
import { SCHEMA } from '../dist/service/schema.js';
import { AJV_OPTIONS } from '../dist/service/schema-validator.js';

const outfile = fileURLToPath(new URL('../dist/service/schema-validator.js', import.meta.url));
const ajv = new Ajv({ ...AJV_OPTIONS, code: { source: true, esm: true } });
const code = standalone.default(ajv, ajv.compile(SCHEMA));

// The generated code requires small modules of ajv; they go into the file.
await build({
  stdin: {
    contents: `${code}\nexport const schemaValidator = () => validate;\n`,
    resolveDir: fileURLToPath(new URL('..', import.meta.url)),
    loader: 'js',
  },
  outfile,
  bundle: true,
  platform: 'node',
  target: 'node20.19',
  format: 'esm',
  minify: true,
  logLevel: 'warning',
});
