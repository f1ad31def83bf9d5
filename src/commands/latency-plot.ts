/** The figures of rates → lines of a plot: p50 and p99 against the rate, time on a logarithmic scale. ASCII, so that any terminal shows it. Pure. */
import type { RateResult } from '../load/rate-result.ts';

const HEIGHT = 10;
const WIDTH = 60;
/** `1234.5 ms |` */
const GUTTER = 12;

interface Mark {
  readonly rate: number;
  readonly ms: number;
  readonly sign: string;
}

export function latencyPlot(rates: readonly RateResult[]): readonly string[] {
  const marks = rates.flatMap(({ rate, p50Ms, p99Ms }): readonly Mark[] => [
    ...(p50Ms === null ? [] : [{ rate, ms: p50Ms, sign: 'o' }]),
    ...(p99Ms === null ? [] : [{ rate, ms: p99Ms, sign: 'x' }]),
  ]);
  // One rate is no line.
  if (new Set(marks.map(({ rate }) => rate)).size < 2) return [];
  const times = marks.map(({ ms }) => Math.log10(Math.max(ms, 1e-3)));
  const [low, high] = [Math.min(...times), Math.max(...times)];
  const span = Math.max(high - low, 0.1);
  const most = Math.max(...marks.map(({ rate }) => rate));
  const grid = Array.from({ length: HEIGHT }, () => Array.from({ length: WIDTH }, () => ' '));
  for (const [at, { rate, sign }] of marks.entries()) {
    const row = HEIGHT - 1 - Math.round((((times[at] ?? 0) - low) / span) * (HEIGHT - 1));
    const column = Math.round((rate / most) * (WIDTH - 1));
    const line = grid[row] ?? [];
    line[column] = line[column] === ' ' || line[column] === sign ? sign : '*';
  }
  const lines = grid.map((cells, row) => {
    const ms = 10 ** (low + (span * (HEIGHT - 1 - row)) / (HEIGHT - 1));
    const label = row % 3 === 0 ? `${Number(ms.toPrecision(3))} ms` : '';
    return `${label.padStart(GUTTER)} |${cells.join('')}`.trimEnd();
  });
  const axis = `${' '.repeat(GUTTER)} +${'-'.repeat(WIDTH)}`;
  const foot = `${' '.repeat(GUTTER)}  0${`${most} requests/s`.padStart(WIDTH - 1)}`;
  return ['', `${' '.repeat(GUTTER)}  o p50   x p99   * both`, ...lines, axis, foot, ''];
}
