// `npm run bench cli`: wall time of what loads no command, beside `node -e 0`: version, help and usage errors, of the program and of
// a command. Interleaved rounds, medians. Output goes through pipes, as to a script.
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const cli = join(dirname(fileURLToPath(import.meta.url)), '..', 'bin', 'mlserve.js');
const ROUNDS = 41;
const BAR = 1.6;
const BASELINE = 'node -e 0';
const lines = ['--version', '--help', 'servee', 'serve --help', 'serve --prot 80', 'fix zipmap --help'];
const commands = new Map([
  [BASELINE, ['-e', '0']],
  ...lines.map((line) => [`mlserve ${line}`, [cli, ...line.split(' ')]]),
]);

const times = new Map([...commands.keys()].map((name) => [name, []]));
// The first round warms the page cache and, on Node 22 and later, writes the compile cache.
for (let round = 0; round <= ROUNDS; round++) {
  for (const [name, args] of commands) {
    const start = performance.now();
    spawnSync(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    if (round > 0) times.get(name).push(performance.now() - start);
  }
}
const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
const baseline = median(times.get(BASELINE));
console.log(`CLI start, Node ${process.version}, median of ${ROUNDS} interleaved rounds (bar: ${BAR} x ${BASELINE})`);
for (const [name, values] of times) {
  const ms = median(values);
  const ratio = ms / baseline;
  const verdict = ratio > BAR ? '  over the bar' : '';
  console.log(`  ${name.padEnd(28)} ${ms.toFixed(1).padStart(7)} ms  ${ratio.toFixed(2)} x${verdict}`);
}
