/** The result of `mlserve bench` → a table of rates, a plot, what follows of them, the comparison and the findings. Pure. */
import { renderIssues } from '../issue.ts';
import type { RateResult } from '../load/rate-result.ts';
import type { Comparison } from '../load/run.ts';
import { plural } from '../plural.ts';
import { shortDigest } from '../server/identity.ts';
import { visible } from '../visible.ts';
import type { BenchResult } from './bench.ts';
import { benchFacts } from './bench-facts.ts';
import { latencyPlot } from './latency-plot.ts';
import { textTable } from './text-table.ts';

export function renderBench(result: BenchResult): string {
  const { service, target, models, machine, load, rates, comparison, measurements, issues } = result;
  const who = models.map(({ name, version, digest }) => `${name} ${version} ${shortDigest(digest)}`).join(', ');
  const facts = [
    ['  target', target.name],
    ['  models', who || 'no model answered'],
    ['  machine', `${machine.cpu} × ${machine.cpus}, ${machine.platform}`],
    [
      '  load',
      `${load.durationMs / 1000} s for each rate, ${plural(load.requests, 'request')} in turn, seed ${load.seed}`,
    ],
  ].map((row) => row.map(visible));
  const found = benchFacts(result).map(([what, said]) => [`  ${what}`, said]);
  return [
    visible(`${service.name} ${service.version}`),
    ...textTable(facts),
    ...rateTable(rates),
    ...latencyPlot(rates),
    ...textTable(found),
    ...(comparison === null ? [] : comparisonLines(comparison)),
    ...measurements.map(({ name, version }) => visible(`  measured ${name} ${version}: mlserve.lock updated`)),
    ...(issues.length > 0 ? [renderIssues(issues)] : []),
  ].join('\n');
}

const HEAD = ['  rate/s', 'answered/s', 'p50', 'p90', 'p99', 'p99.9', 'max', 'in slo/s', '503', 'failed', 'timeouts'];

function rateTable(rates: readonly RateResult[]): readonly string[] {
  if (rates.length === 0) return [];
  const rows = rates.map((each) => [
    `  ${each.rate}`,
    ...[String(each.answeredPerSecond)],
    ...[each.p50Ms, each.p90Ms, each.p99Ms, each.p999Ms, each.maxMs].map(timeText),
    String(each.goodputPerSecond),
    ...[each.refused, each.failed, each.timeouts].map((count) => (count === 0 ? '' : String(count))),
  ]);
  return textTable([HEAD, ...rows], [...HEAD.keys()]);
}

/** A dash where there is none. */
function timeText(ms: number | null): string {
  if (ms === null) return '-';
  return ms < 1000 ? `${ms} ms` : `${(ms / 1000).toPrecision(4)} s`;
}

function comparisonLines({ baseline, startedAt, threshold, figures }: Comparison): readonly string[] {
  const rows = figures.map(({ figure, rate, before, after, worse, isRegression }) => [
    `    ${figure}${rate === null ? '' : ` at ${rate}/s`}`,
    String(before),
    `-> ${after}`,
    worse > 0 ? `${percent(worse)} worse` : `${percent(-worse)} better`,
    isRegression ? 'REGRESSION' : '',
  ]);
  const head = `  compared with ${visible(baseline)} of ${startedAt}, threshold ${percent(threshold)}`;
  return [head, ...textTable(rows, [1])];
}

function percent(part: number): string {
  return `${Number((part * 100).toFixed(1))} %`;
}
