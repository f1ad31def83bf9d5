/** An alert as data: what goes off, and the series with which a test shows that it does and that it keeps quiet. Types only. */

/** A series of a test: its labels and values, one a minute, as promtool writes them (`0+60x20`). */
export interface TestSeries {
  readonly series: string;
  readonly values: string;
}

export interface AlertTest {
  readonly input: readonly TestSeries[];
  /** Minutes after the start. */
  readonly atMinute: number;
  /** The labels that the alert has beside its own; undefined: it must keep quiet. */
  readonly fires: Readonly<Record<string, string>> | undefined;
}

export interface Alert {
  readonly name: string;
  readonly expr: string;
  /** `5m` */
  readonly for: string;
  readonly severity: 'critical' | 'warning';
  readonly summary: string;
  /** What it means and what to look at. */
  readonly description: string;
  /** The one it is about; undefined: all of the service. */
  readonly model?: { readonly name: string; readonly version: string; readonly digest: string };
  readonly tests: readonly AlertTest[];
}
