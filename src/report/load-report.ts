/** A run of a load × how it came about → one HTML file that loads nothing from elsewhere: charts, figures, findings, who answered. Pure. */
import type { RateResult } from '../load/rate-result.ts';
import type { Comparison, LoadRun } from '../load/run.ts';
import { html } from './escape-html.ts';
import { loadCharts } from './load-charts.ts';
import { LOAD_STYLE } from './load-style.ts';

export interface LoadReport {
  readonly run: LoadRun;
  /** What follows of the rates, in words. */
  readonly facts: readonly (readonly [what: string, said: string])[];
  /** The command line. */
  readonly command: string;
}

type Cells = readonly (string | number | null)[];

export function loadReport({ run, facts, command }: LoadReport): string {
  const { service, target, models, machine, load, startedAt, runtime, mlserve, rates, comparison, issues } = run;
  const title = `Load of ${service.name} ${service.version}`;
  const identity: readonly Cells[] = [
    ['target', target.kind === 'local' ? 'the server of the project' : target.name],
    ...models.map(({ name, version, digest }) => [`model ${name} ${version}`, digest]),
    ['measured', startedAt],
    ['command', command],
    ['machine', `${machine.cpu} × ${machine.cpus}, ${machine.platform}`],
    ['versions', `mlserve ${mlserve}, onnxruntime ${runtime}`],
    ['load', `${load.durationMs / 1000} s for each rate after ${load.warmupMs / 1000} s, seed ${load.seed}`],
  ];
  return [
    '<!DOCTYPE html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">`,
    `<title>${html(title)}</title>`,
    `<style>${LOAD_STYLE}</style>`,
    '</head>',
    '<body>',
    `<h1>${html(title)}</h1>`,
    table([], [...facts, ...identity], 'facts'),
    ...loadCharts(run).flatMap((chart) => [`<h2>${html(chart.title)}</h2>`, chart.svg]),
    '<h2>Figures</h2>',
    table(HEAD, rates.map(figuresOf), 'figures'),
    '<p>Latency in milliseconds, from the moment at which a request was due; of answers with status 200.</p>',
    ...(comparison === null ? [] : comparisonPart(comparison)),
    ...(issues.length === 0 ? [] : findingsPart(run)),
    '</body>',
    '</html>',
    '',
  ].join('\n');
}

const HEAD = ['rate/s', 'answered/s', 'p50', 'p90', 'p99', 'p99.9', 'max', 'in slo/s', '503', 'failed', 'timeouts'];

function figuresOf(each: RateResult): Cells {
  const { rate, answeredPerSecond, p50Ms, p90Ms, p99Ms, p999Ms, maxMs, goodputPerSecond } = each;
  const times = [p50Ms, p90Ms, p99Ms, p999Ms, maxMs];
  return [rate, answeredPerSecond, ...times, goodputPerSecond, each.refused, each.failed, each.timeouts];
}

function comparisonPart({ baseline, startedAt, threshold, figures }: Comparison): readonly string[] {
  const rows = figures.map(({ figure, rate, before, after, worse, isRegression }): Cells => {
    const moved = `${Number((Math.abs(worse) * 100).toFixed(1))} % ${worse > 0 ? 'worse' : 'better'}`;
    return [figure, rate, before, after, moved, isRegression ? 'regression' : ''];
  });
  return [
    '<h2>Compared with an earlier run</h2>',
    `<p>${html(`${baseline}, measured ${startedAt}; threshold ${Number((threshold * 100).toFixed(1))} %`)}</p>`,
    table(['figure', 'rate/s', 'before', 'after', '', ''], rows, 'figures'),
  ];
}

function findingsPart({ issues }: LoadRun): readonly string[] {
  const rows = issues.map(
    ({ severity, rule, where, message, hint }): Cells => [severity, rule, where, message, hint ?? ''],
  );
  return ['<h2>Findings</h2>', table(['', 'rule', 'where', 'finding', 'what to do'], rows, 'findings')];
}

function table(head: readonly string[], rows: readonly Cells[], className: string): string {
  const row = (cells: Cells, tag: 'th' | 'td'): string =>
    `<tr>${cells.map((cell) => `<${tag}>${html(cell === null ? '–' : String(cell))}</${tag}>`).join('')}</tr>`;
  const top = head.length === 0 ? '' : `<thead>${row(head, 'th')}</thead>`;
  return `<table class="${className}">${top}<tbody>${rows.map((cells) => row(cells, 'td')).join('\n')}</tbody></table>`;
}
