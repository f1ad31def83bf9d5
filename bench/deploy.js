// `npm run bench deploy`: time of each format of `mlserve deploy`, and of all in one command, for the three projects in fixtures/projects: as a
// process, from the shell to the files, and inside one process, from the facts of the project to the text of the files. Interleaved rounds,
// medians. Bar: 1 s for all formats of a project.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { planEnvironments } from '../dist/commands/deploy-environments.js';
import { readDeployment } from '../dist/commands/deploy-facts.js';
import { realIo } from '../dist/io/io.js';
import { FORMATS } from '../dist/manifests/formats/formats.js';
import { machine } from './support/launch.js';
import { judged, median, table } from './support/stats.js';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const cli = join(root, 'bin', 'mlserve.js');
const PROJECTS = ['plain/iris', 'guarded/wine', 'several/digits'];
const ROUNDS = 9;
const BAR_MS = 1000;
const image = `registry.example.com/ml/model:1@sha256:${'5'.repeat(64)}`;
const out = mkdtempSync(join(tmpdir(), 'mlserve-bench-'));

async function timed(work) {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/** Every round writes the files anew: into a folder of its own. */
function asProcess(project, format, round) {
  const args = [cli, 'deploy', join(root, 'fixtures/projects', project), '--image', image, '--format', format];
  const { status, stderr } = spawnSync(
    process.execPath,
    [...args, '--out', join(out, project, format, String(round))],
    {
      encoding: 'utf8',
    },
  );
  if (status !== 0) throw new Error(`${project} ${format}: exit ${status}\n${stderr}`);
}

/** Three environments, as text. */
function inProcess(facts, format) {
  const { platform, files } = FORMATS[format];
  if (files(planEnvironments(facts, { platform })).length === 0) throw new Error(`${format}: no files`);
}

try {
  const io = realIo(process.argv);
  const formats = Object.keys(FORMATS);
  console.log(`mlserve deploy: ${machine()}; median of ${ROUNDS} interleaved rounds, ms as a process / inside one\n`);
  const times = new Map();
  const add = (key, ms) => times.set(key, [...(times.get(key) ?? []), ms]);
  // The first round fills the page cache, the compile cache and the compiler.
  for (let round = 0; round <= ROUNDS; round++) {
    for (const project of PROJECTS) {
      const { facts } = await readDeployment({ project: join(root, 'fixtures/projects', project), image }, io);
      for (const format of formats) {
        const outside = await timed(() => asProcess(project, format, round));
        const inside = await timed(() => inProcess(facts, format));
        if (round > 0) {
          add(`${project} ${format} outside`, outside);
          add(`${project} ${format} inside`, inside);
        }
      }
      const all = await timed(() => asProcess(project, 'all', round));
      if (round > 0) add(`${project} all outside`, all);
    }
  }
  const of = (project, format, where) => median(times.get(`${project} ${format} ${where}`));
  const sum = (project) => formats.reduce((total, format) => total + of(project, format, 'inside'), 0);
  const bar = (ms) => judged(`${ms.toFixed(0)} ms`, `${BAR_MS} ms`, ms <= BAR_MS);
  const rows = PROJECTS.map((project) => [
    project,
    ...formats.map(
      (format) => `${of(project, format, 'outside').toFixed(0)} / ${of(project, format, 'inside').toFixed(0)}`,
    ),
    bar(of(project, 'all', 'outside')),
    bar(sum(project)),
  ]);
  console.log(table(['', ...formats, '--format all', 'all in one process, without start, checks and files'], rows));
} finally {
  rmSync(out, { recursive: true, force: true });
}
