// Numbers of several rounds → the one that stands for them, and texts of one width.

/** The upper of the two middle ones where their number is even. */
export const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

/** Nearest rank; `values` need not be sorted. */
export function percentile(values, share) {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
}

/** A Markdown table whose columns are aligned, so that it reads as well in a terminal as in `docs/`. */
export function table(heads, rows) {
  const cells = [heads, ...rows].map((row) => row.map(String));
  const widths = heads.map((_, at) => Math.max(3, ...cells.map((row) => row[at].length)));
  const line = (row) => `| ${row.map((text, at) => text.padEnd(widths[at])).join(' | ')} |`;
  const [head, ...body] = cells.map(line);
  return [head, `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`, ...body].join('\n');
}

/** `0.81 (bar 0.6: held)` */
export function judged(text, bar, isHeld) {
  if (!isHeld) process.exitCode = 1;
  return `${text} (bar ${bar}: ${isHeld ? 'held' : 'MISSED'})`;
}
