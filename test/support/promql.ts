/** An expression of PromQL → the metrics and labels that it names, and whether the server has them. */
import { parser } from '@prometheus-io/lezer-promql';
import { expect } from 'vitest';
import { METRICS } from '../../src/server/metrics-table.ts';

/** Labels that Prometheus, its operator and the exporters of a cluster add. */
const GIVEN = ['namespace', 'job', 'pod', 'container', 'le', 'reason', 'resource', 'horizontalpodautoscaler'];
const OWN = Object.values(METRICS) as readonly {
  readonly name: string;
  readonly labels: readonly string[];
  readonly type: string;
}[];

/** Names of metrics with the labels that select them; throws for what is no PromQL. */
export function selectorsOf(
  expression: string,
): readonly { readonly metric: string; readonly labels: readonly string[] }[] {
  const text = expression.replaceAll('$__rate_interval', '5m');
  const found: { metric: string; labels: string[] }[] = [];
  parser
    .configure({ top: 'PromQL', strict: true })
    .parse(text)
    .iterate({
      enter(node) {
        const written = text.slice(node.from, node.to);
        if (node.name === 'VectorSelector') found.push({ metric: '', labels: [] });
        const last = found.at(-1);
        if (node.name === 'Identifier' && last?.metric === '' && node.node.parent?.name === 'VectorSelector')
          last.metric = written;
        if (node.name === 'LabelName' && node.node.parent?.name === 'UnquotedLabelMatcher') last?.labels.push(written);
      },
    });
  return found;
}

/** Parses, and names what the table of the server has or what a cluster adds. */
export function checkExpression(expression: string): void {
  const selectors = selectorsOf(expression);
  expect(selectors.length, expression).toBeGreaterThan(0);
  for (const { metric, labels } of selectors) {
    if (!metric.startsWith('mlserve_')) {
      expect(metric).toMatch(/^(kube|container)_/);
      continue;
    }
    const row = OWN.find(({ name, type }) => (type === 'histogram' ? metric === `${name}_bucket` : metric === name));
    expect(row, `${metric} in ${expression}`).toBeDefined();
    for (const label of labels) expect([...(row?.labels ?? []), ...GIVEN], expression).toContain(label);
  }
}
