/** A run of a load → its charts: latency and throughput by rate, and the distribution of the latency. Pure. */
import type { RateResult } from '../load/rate-result.ts';
import type { LoadRun } from '../load/run.ts';
import { linearScale, logScale } from './chart-scale.ts';
import { type Axis, type ChartLine, svgChart } from './svg-chart.ts';

type Picked = (rate: RateResult) => number | null;

/** With their headings; none where nothing was answered. */
export function loadCharts(run: LoadRun): readonly { readonly title: string; readonly svg: string }[] {
  const answered = run.rates.filter(({ p50Ms }) => p50Ms !== null);
  if (answered.length === 0) return [];
  return [latency(answered), throughput(run), distribution(run, answered)].map((chart) => ({
    title: chart.title,
    svg: svgChart(chart),
  }));
}

function latency(rates: readonly RateResult[]) {
  const lines = [
    byRate('p50', rates, ({ p50Ms }) => p50Ms),
    byRate('p90', rates, ({ p90Ms }) => p90Ms),
    byRate('p99', rates, ({ p99Ms }) => p99Ms),
    byRate('p99.9', rates, ({ p999Ms }) => p999Ms),
  ];
  return { title: 'Latency by rate', x: rateAxis(rates), y: timeAxis(lines), lines };
}

function throughput({ rates, load }: LoadRun) {
  const lines = [
    byRate('offered', rates, ({ offered }) => (offered * 1000) / load.durationMs),
    byRate('answered', rates, ({ answeredPerSecond }) => answeredPerSecond),
    byRate('in slo', rates, ({ goodputPerSecond }) => goodputPerSecond),
  ];
  const values = lines.flatMap(({ points }) => points.map(({ y }) => y));
  const y = { label: 'requests/s', scale: linearScale(values), text: plain };
  return { title: 'Throughput by rate', x: rateAxis(rates), y, lines };
}

/** Of the lowest rate, the knee and the highest: each percentile at the number of answers of which one is longer. */
function distribution({ knee }: LoadRun, rates: readonly RateResult[]) {
  const [first, last] = [rates[0]?.rate, rates.at(-1)?.rate];
  const shown = rates.filter(({ rate }) => rate === first || rate === last || rate === knee?.rate);
  const lines = shown.map(({ rate, quantiles }): ChartLine => {
    const points = quantiles.map(({ part, ms }) => ({ x: 1 / (1 - part), y: ms }));
    return { name: `${rate}/s`, points };
  });
  const scale = logScale(lines.flatMap(({ points }) => points.map(({ x }) => x)));
  const text = (value: number): string => `${Number((100 * (1 - 1 / value)).toPrecision(6))} %`;
  const x = { label: 'part of the answers that came in this time', scale, text };
  return { title: 'Distribution of the latency', x, y: timeAxis(lines), lines };
}

function byRate(name: string, rates: readonly RateResult[], pick: Picked): ChartLine {
  const points = rates.flatMap((each) => {
    const y = pick(each);
    return y === null ? [] : [{ x: each.rate, y }];
  });
  return { name, points };
}

function rateAxis(rates: readonly RateResult[]): Axis {
  return { label: 'requests/s that were due', scale: linearScale(rates.map(({ rate }) => rate)), text: plain };
}

function timeAxis(lines: readonly ChartLine[]): Axis {
  const values = lines.flatMap(({ points }) => points.map(({ y }) => y));
  return { label: 'latency', scale: logScale(values), text: (ms) => `${plain(ms)} ms` };
}

const plain = (value: number): string => String(Number(value.toPrecision(4)));
