/** The result of `mlserve measure` → lines for people: a block for each model, then what became of the lock. Pure. */
import { renderIssues } from '../issue.ts';
import type { Latency, Measurement } from '../lock/measurement.ts';
import { countText, plural } from '../plural.ts';
import type { MeasureResult } from './measure.ts';
import { sizeText, textTable } from './text-table.ts';

export function renderMeasure({ path, status, measurements, issues }: MeasureResult): string {
  const verdict = status === 'updated' ? `${path} updated` : `${path} would be updated (--dry-run)`;
  return [...measurements.flatMap(block), ...(issues.length > 0 ? [renderIssues(issues)] : []), verdict].join('\n');
}

function block(measurement: Measurement): readonly string[] {
  const { name, version, machine, settings, engine, load, memory, latency, bestRows, saturation } = measurement;
  const sessions = engine.mode === 'inline' ? 1 : settings.instances;
  const rows: readonly (readonly string[])[] = [
    ['  machine', `${machine.cpu} × ${machine.cpus}, ${machine.platform}`],
    ['  engine', `${engine.mode}, ${plural(sessions, 'session')} of ${plural(engine.threads, 'thread')}`],
    ['  load', `${timeText(load.sessionMs)} a session, ${timeText(load.readyMs)} until ready`],
    [
      '  memory',
      `${sizeText(memory.loadedBytes - memory.beforeBytes)} when loaded, ${sizeText(memory.peakBytes - memory.beforeBytes)} at most, beside ${sizeText(memory.beforeBytes)} without the model`,
    ],
    ...(saturation === null
      ? []
      : [
          [
            '  most',
            `${countText(Math.round(saturation.rowsPerSecond))} rows/s on ${plural(saturation.cores, 'core')}`,
          ],
        ]),
  ];
  return [`${name} ${version}`, ...textTable(rows), ...table(latency, bestRows)];
}

function table(latency: readonly Latency[], bestRows: number): readonly string[] {
  if (latency.length === 0) return [];
  const head = ['    rows', 'p50', 'p99', 'rows/s', ''];
  const lines = latency.map(({ rows, p50Ms, p99Ms }) => [
    `    ${rows}`,
    timeText(p50Ms),
    timeText(p99Ms),
    countText(Math.round((rows * 1000) / Math.max(p50Ms, 1e-6))),
    rows === bestRows ? 'best' : '',
  ]);
  return textTable([head, ...lines], [0, 1, 2, 3]);
}

/** `0.0093 ms`, `1.4 s`. */
function timeText(ms: number): string {
  return ms < 1000 ? `${ms} ms` : `${(ms / 1000).toFixed(1)} s`;
}
