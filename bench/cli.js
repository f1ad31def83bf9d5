// `npm run bench cli`: wall time of `--version`, `--help` and a usage error beside `node -e 0`, interleaved rounds, medians.
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const cli = join(dirname(fileURLToPath(import.meta.url)), '..', 'bin', 'mlserve.js');
const ROUNDS = 21;
const BAR = 1.6;
const commands = {
  'node -e 0': ['-e', '0'],
  'mlserve --version': [cli, '--version'],
  'mlserve --help': [cli, '--help'],
  'mlserve servee (usage error)': [cli, 'servee'],
};

const times = new Map(Object.keys(commands).map((name) => [name, []]));
// The first round warms the page cache and, on Node 22 and later, writes the compile cache.
for (let round = 0; round <= ROUNDS; round++) {
  for (const [name, args] of Object.entries(commands)) {
    const start = performance.now();
    spawnSync(process.execPath, args, { stdio: 'ignore' });
    if (round > 0) times.get(name).push(performance.now() - start);
  }
}
const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
const baseline = median(times.get('node -e 0'));
console.log(`CLI start, Node ${process.version}, median of ${ROUNDS} interleaved rounds (bar: ${BAR} x node -e 0)`);
for (const [name, values] of times) {
  const ms = median(values);
  console.log(`  ${name.padEnd(30)} ${ms.toFixed(1).padStart(7)} ms  ${(ms / baseline).toFixed(2)} x`);
}
