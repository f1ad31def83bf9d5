// `npm run bench inspect`: time and peak memory of `mlserve inspect --no-digests` on 1 GB models. Bars: 300 ms, 150 MB.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeBytes, writeModel } from './onnx-file.js';

const cli = join(dirname(fileURLToPath(import.meta.url)), '..', 'bin', 'mlserve.js');
const ROUNDS = 9;
const BAR_MS = 300;
const BAR_MB = 150;
/** Prints the peak memory of the process it is loaded into. */
const METER = `data:text/javascript,process.on("exit",()=>process.stderr.write("\\nrss "+process.resourceUsage().maxRSS))`;
const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

function run(args, meter) {
  const start = performance.now();
  const ended = spawnSync(process.execPath, [...(meter ? ['--import', METER] : []), ...args], { encoding: 'utf8' });
  const ms = performance.now() - start;
  if (ended.status !== 0) throw new Error(`${args.join(' ')}: exit ${ended.status}\n${ended.stderr}`);
  return { ms, megabytes: (Number(/rss (\d+)/.exec(ended.stderr)?.[1] ?? 0) * 1024) / 1e6 };
}

const dir = mkdtempSync(join(tmpdir(), 'mlserve-bench-'));
try {
  const model = (name) => join(dir, `${name}.onnx`);
  const size = { tensors: 250, elements: 1_000_000 };
  writeModel(model('external'), { ...size, data: 'external.bin' });
  writeBytes(join(dir, 'external.bin'), size.tensors * size.elements * 4);
  writeModel(model('inline'), size);
  writeModel(model('small-tensors'), { tensors: 10_000, elements: 25_000 });
  const inspect = (name) => [cli, 'inspect', '--no-digests', model(name)];
  const cases = {
    'node -e 0': ['-e', '0'],
    '1 GB in a data file, 250 tensors': inspect('external'),
    '1 GB in the file, 250 tensors': inspect('inline'),
    '1 GB in the file, 10 000 tensors': inspect('small-tensors'),
  };
  const times = new Map(Object.keys(cases).map((name) => [name, []]));
  for (let round = 0; round <= ROUNDS; round++) {
    for (const [name, args] of Object.entries(cases)) {
      const { ms } = run(args, false);
      if (round > 0) times.get(name).push(ms);
    }
  }
  const base = median(times.get('node -e 0'));
  console.log(
    `mlserve inspect --no-digests, Node ${process.version}, median of ${ROUNDS} interleaved rounds (bars: ${BAR_MS} ms, ${BAR_MB} MB)`,
  );
  for (const [name, args] of Object.entries(cases)) {
    const ms = median(times.get(name));
    const memory = Math.max(...[1, 2, 3].map(() => run(args, true).megabytes));
    const figures = [
      `${ms.toFixed(0).padStart(5)} ms`,
      `${(ms / base).toFixed(2)} x node -e 0`,
      `peak ${memory.toFixed(0).padStart(4)} MB`,
    ];
    console.log(`  ${name.padEnd(34)} ${figures.join('   ')}`);
  }
} finally {
  rmSync(dir, { recursive: true, force: true });
}
