// `npm run bench hash`: sha256 of a 1 GB file by `Files.sha256` beside `openssl dgst -sha256`. Bar: at least 0.85 x openssl.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { realFiles } from '../dist/io/files.js';
import { writeBytes } from './onnx-file.js';

const SIZE = 1_000_000_000;
const ROUNDS = 7;
const BAR = 0.85;
const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
const dir = mkdtempSync(join(tmpdir(), 'mlserve-bench-'));
try {
  const path = join(dir, 'data');
  writeBytes(path, SIZE);
  const files = realFiles(dir);
  const ours = [];
  const theirs = [];
  // The first round brings the file into the page cache for both.
  for (let round = 0; round <= ROUNDS; round++) {
    let start = performance.now();
    const printed = execFileSync('openssl', ['dgst', '-sha256', '-r', path], { encoding: 'utf8' }).slice(0, 64);
    if (round > 0) theirs.push(performance.now() - start);
    start = performance.now();
    const digest = await files.sha256(path);
    if (round > 0) ours.push(performance.now() - start);
    if (digest !== printed) throw new Error(`the digests differ: ${digest} and ${printed}`);
  }
  const rate = (ms) => `${(SIZE / 1e6 / (ms / 1000)).toFixed(0).padStart(6)} MB/s  ${ms.toFixed(0).padStart(5)} ms`;
  const [our, their] = [median(ours), median(theirs)];
  console.log(
    `sha256 of 1 GB, Node ${process.version}, median of ${ROUNDS} interleaved rounds, file in the page cache`,
  );
  console.log(`  openssl dgst -sha256  ${rate(their)}`);
  console.log(`  Files.sha256          ${rate(our)}`);
  console.log(`  ratio                 ${(their / our).toFixed(2)} x openssl (bar: at least ${BAR})`);
} finally {
  rmSync(dir, { recursive: true, force: true });
}
