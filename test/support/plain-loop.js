// argv: the runtime's folder, a model with one float32 input [N, width], width, rows → JSON on stdout: resident memory that the model adds, by
// /proc, and the median time of a run, with nothing of mlserve in the process.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { performance } from 'node:perf_hooks';
import process from 'node:process';

const [folder, path, width, rows] = process.argv.slice(2);
const resident = (member) =>
  1024 * Number(new RegExp(`^${member}:\\s+(\\d+) kB$`, 'm').exec(readFileSync('/proc/self/status', 'utf8'))[1]);
const before = resident('VmRSS');
const ort = createRequire(import.meta.url)(folder);
const options = { intraOpNumThreads: 1, interOpNumThreads: 1, executionProviders: ['cpu'] };
const session = await ort.InferenceSession.create(path, options);
const dims = [Number(rows), Number(width)];
const input = new ort.Tensor('float32', new Float32Array(dims[0] * dims[1]).fill(0.5), dims);
const times = [];
for (let run = 0; run < 60; run++) {
  const start = performance.now();
  await session.run({ [session.inputNames[0]]: input });
  times.push(performance.now() - start);
}
times.sort((a, b) => a - b);
process.stdout.write(JSON.stringify({ bytes: resident('VmHWM') - before, p50Ms: times[30] }));
