/** `mlserve bench`: a locked project × a service of it → latency by rate, what it saturates at, and whether that is worse than before. */
import { compareRuns } from '../load/compare-runs.ts';
import type { LoadRun } from '../load/run.ts';
import type { Measurement } from '../lock/measurement.ts';
import type { Io } from '../ports.ts';
import { loadReport } from '../report/load-report.ts';
import { benchCommand } from './bench-command.ts';
import { benchFacts } from './bench-facts.ts';
import { type BenchOptions, readBenchFlags } from './bench-flags.ts';
import { chooseModel } from './choose-model.ts';
import { measure } from './measure.ts';
import { requireOutputFiles } from './output-files.ts';
import { openProject } from './project.ts';
import { type Baseline, readBaseline } from './read-baseline.ts';
import { runLoad } from './run-load.ts';

export interface BenchResult extends LoadRun {
  /** Of `--measure`: what was written into the lock. */
  readonly measurements: readonly Measurement[];
}

/** Throws LOCK_MISSING, LOCK_MISMATCH, SERVICE_UNREACHABLE, and what `mlserve measure` throws. */
export async function bench(options: BenchOptions, io: Io): Promise<BenchResult> {
  const flags = readBenchFlags(options);
  await requireOutputFiles({ '--output': options.output, '--html': options.html }, io);
  const { model, file, baseline: path } = options;
  const baseline = path === undefined ? undefined : await readBaseline(path, io);
  const opened = await openProject(options.project, {}, io);
  const project = model === undefined && file === undefined ? opened : chooseModel(opened, model);
  // With the arrivals of the baseline less is left to chance.
  const seed = baseline?.load.seed ?? io.clock.now() % 2 ** 32;
  const rates = flags.rates ?? baseline?.rates.map(({ rate }) => rate);
  const run = await runLoad(project, options, { ...flags, rates, seed }, io);
  const measured = options.measure ? await measureToo(options, io) : { measurements: [], issues: [] };
  const found = baseline === undefined ? run : compared(run, baseline, { path: path ?? '', ...flags });
  const { measurements } = measured;
  const result = { ...found, measurements, issues: [...found.issues, ...measured.issues] };
  if (options.output !== undefined) await io.files.writeAtomic(options.output, `${JSON.stringify(result, null, 2)}\n`);
  if (options.html !== undefined) await io.files.writeAtomic(options.html, reportOf(result, options));
  return result;
}

function reportOf(run: BenchResult, options: BenchOptions): string {
  return loadReport({ run, facts: benchFacts(run), command: benchCommand(options) });
}

function measureToo({ project, model, duration }: BenchOptions, io: Io) {
  return measure({ project, model, duration, dryRun: false }, io);
}

/** A run whose requests were refused has nothing to compare. */
function compared(
  run: LoadRun,
  baseline: Baseline,
  { path, threshold }: { readonly path: string; readonly threshold: number },
): LoadRun {
  if (run.rates.length === 0) return run;
  const { figures, issues } = compareRuns(baseline, run, threshold, path);
  const comparison = { baseline: path, startedAt: baseline.startedAt, threshold, figures };
  return { ...run, comparison, issues: [...run.issues, ...issues] };
}
