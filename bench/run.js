// `npm run bench NAME`: runs bench/NAME.js; without a name, lists what there is.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath, pathToFileURL } from 'node:url';

const folder = dirname(fileURLToPath(import.meta.url));
/** A benchmark's first line says what it is: "// `npm run bench NAME`: …". */
const benchmarks = readdirSync(folder)
  .filter((file) => file.endsWith('.js') && file !== 'run.js')
  .map((file) => ({ name: file.slice(0, -3), about: readFileSync(join(folder, file), 'utf8').split('\n', 1)[0] }))
  .filter(({ name, about }) => about.startsWith(`// \`npm run bench ${name}\``));
const wanted = process.argv[2];
const found = benchmarks.find(({ name }) => name === wanted);
if (found !== undefined) {
  await import(pathToFileURL(join(folder, `${found.name}.js`)).href);
} else {
  if (wanted !== undefined) console.error(`no benchmark "${wanted}"`);
  console.log(benchmarks.map(({ about }) => about.slice('// '.length)).join('\n'));
  process.exitCode = wanted === undefined ? 0 : 2;
}
