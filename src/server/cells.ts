/** Numbers that count on the hot path → samples for the scrape. Adding costs nanoseconds; labels are put together at the scrape only. */
import type { MetricRow } from './metrics-table.ts';

export interface Sample {
  readonly metricName?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** A counter's or gauge's value. */
export interface Cell {
  value: number;
}

/** Distribution of one series; `observe` is the only thing done per request. */
export class HistogramCell {
  readonly #bounds: readonly number[];
  /** Observations by bucket, not cumulative; the last is beyond every bound. */
  readonly #counts: Float64Array;
  #sum = 0;

  constructor(bounds: readonly number[]) {
    this.#bounds = bounds;
    this.#counts = new Float64Array(bounds.length + 1);
  }

  observe(value: number): void {
    const bounds = this.#bounds;
    let at = 0;
    while (at < bounds.length && value > (bounds[at] as number)) at++;
    (this.#counts[at] as number)++;
    this.#sum += value;
  }

  samples(name: string, labels: Readonly<Record<string, string>>): Sample[] {
    let count = 0;
    const buckets = Array.from(this.#counts, (size, at) => {
      count += size;
      const le = at < this.#bounds.length ? String(this.#bounds[at]) : '+Inf';
      return { metricName: `${name}_bucket`, labels: { le, ...labels }, value: count };
    });
    return [
      ...buckets,
      { metricName: `${name}_sum`, labels, value: this.#sum },
      { metricName: `${name}_count`, labels, value: count },
    ];
  }
}

interface Series<C> {
  readonly labels: Readonly<Record<string, string>>;
  readonly cell: C;
}

/** The series of one metric, in the shape prom-client's registry asks of a metric. */
export class Family<C extends Cell | HistogramCell> {
  readonly name: string;
  readonly help: string;
  readonly type: MetricRow['type'];
  readonly aggregator = 'sum';
  readonly #labels: readonly string[];
  readonly #make: () => C;
  /** By the values of the labels, in the order of their making. */
  readonly #series = new Map<string, Series<C>>();
  readonly #refresh: () => void;

  /** `refresh` sets the cells that are read, not counted, before each scrape. */
  constructor(row: MetricRow, make: () => C, refresh: () => void = () => {}) {
    this.name = row.name;
    this.help = row.help;
    this.type = row.type;
    this.#labels = row.labels;
    this.#make = make;
    this.#refresh = refresh;
  }

  /** The series of these values, in the order of the table's labels. Callers on the hot path keep the cell. */
  cell(...values: readonly string[]): C {
    const key = JSON.stringify(values);
    const known = this.#series.get(key);
    if (known !== undefined) return known.cell;
    const cell = this.#make();
    const labels = Object.fromEntries(this.#labels.map((label, at) => [label, values[at] ?? '']));
    this.#series.set(key, { labels, cell });
    return cell;
  }

  /** Forgets every series: what is no longer true is not shown. */
  clear(): void {
    this.#series.clear();
  }

  /** What prom-client calls at a scrape. */
  async get(): Promise<{ name: string; help: string; type: string; aggregator: string; values: Sample[] }> {
    this.#refresh();
    const values = [...this.#series.values()].flatMap(({ labels, cell }) =>
      cell instanceof HistogramCell ? cell.samples(this.name, labels) : [{ labels, value: cell.value }],
    );
    return { name: this.name, help: this.help, type: this.type, aggregator: this.aggregator, values };
  }
}
