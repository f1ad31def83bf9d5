/** Metrics of the table × labels → PromQL. */
import type { MetricRow } from '../../server/metrics-table.ts';

/** Where the series of one service in one environment are. */
export interface Scope {
  readonly namespace: string;
  /** The label that the monitor gives. */
  readonly job: string;
}

/** `=`, or another operator before the value: `~5..`. */
export type Matchers = Readonly<Record<string, string>>;

/** A metric of ours with the labels that select it; names of labels are those of the table, checked by a test. */
export function series({ name }: MetricRow, scope: Scope, matchers: Matchers = {}, suffix = ''): string {
  return selector(`${name}${suffix}`, { namespace: scope.namespace, job: scope.job, ...matchers });
}

/** A value that begins with `~`, `!` or `!~` carries its operator: `~5..` is `=~"5.."`. */
export function selector(metric: string, matchers: Matchers): string {
  const parts = Object.entries(matchers).map(([label, value]) => {
    const [, operator = '', text = ''] = /^(!~|~|!)?(.*)$/s.exec(value) ?? [];
    const sign = operator === '' ? '=' : operator === '~' ? '=~' : operator === '!' ? '!=' : '!~';
    return `${label}${sign}${JSON.stringify(text)}`;
  });
  return `${metric}{${parts.join(', ')}}`;
}

/** Text inside a regular expression that Prometheus anchors at both ends (RE2). */
export function quoteRegex(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}
