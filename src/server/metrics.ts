/** Served models × engine → the metrics of `metrics-table.ts`, counted in place and shown by prom-client. */
import { collectDefaultMetrics, type Metric, Registry } from 'prom-client';
import type { Engine, InferResult } from '../engine/engine.ts';
import { type Cell, Family, HistogramCell } from './cells.ts';
import type { ServedModel } from './contract.ts';
import { METRICS, type MetricRow, REJECT_REASONS, type RejectReason } from './metrics-table.ts';

/** What one route counts for one model. */
export interface RouteMetrics {
  /** `seconds` undefined: refused before the body was read, so nothing to time. */
  count(status: number, seconds: number | undefined): void;
}

/** What one model counts. */
export interface ModelMetrics {
  countRun(result: InferResult): void;
}

export interface Metrics {
  readonly contentType: string;
  readonly inFlight: Cell;
  route(model: string, version: string, route: string): RouteMetrics;
  model(name: string, version: string): ModelMetrics;
  reject(reason: RejectReason): void;
  /** The page of `/metrics`. */
  text(): Promise<string>;
}

export interface MetricsOptions {
  readonly models: readonly ServedModel[];
  readonly engine: Engine;
  /** Name and version of the runtime, as a label of `mlserve_model_info`. */
  readonly runtime: string;
  /** Also the metrics of this process: CPU, memory, event loop, garbage collection. */
  readonly processMetrics: boolean;
}

/** Gauges that prom-client names as if they were counters, which promtool rightly refuses. */
const MISNAMED = ['nodejs_active_handles_total', 'nodejs_active_requests_total', 'nodejs_active_resources_total'];

export function createMetrics({ models, engine, runtime, processMetrics }: MetricsOptions): Metrics {
  const registry = new Registry();
  const counter = (): Cell => ({ value: 0 });
  const histogram = (row: MetricRow) => (): HistogramCell => new HistogramCell(row.buckets ?? []);
  // The registry asks a metric for its name and `get()` alone; the types name prom-client's classes.
  const register = <F>(family: F): F => {
    registry.registerMetric(family as unknown as Metric);
    return family;
  };
  const requests = register(new Family(METRICS.requests, counter));
  const requestDuration = register(new Family(METRICS.requestDuration, histogram(METRICS.requestDuration)));
  const inferenceDuration = register(new Family(METRICS.inferenceDuration, histogram(METRICS.inferenceDuration)));
  const queueDuration = register(new Family(METRICS.queueDuration, histogram(METRICS.queueDuration)));
  const batchRows = register(new Family(METRICS.batchRows, histogram(METRICS.batchRows)));
  const inFlight = register(new Family(METRICS.inFlight, counter)).add();
  const rejected = register(new Family(METRICS.rejected, counter));
  const rejectedBy = new Map(REJECT_REASONS.map((reason) => [reason, rejected.add(reason)]));

  const perModel = models.map(({ spec }) => ({ name: spec.name, version: spec.version }));
  const readyCells = new Map<string, Cell>();
  const queueCells = new Map<string, Cell>();
  const refresh = (): void => {
    for (const { name, state, queuedRows } of engine.statuses()) {
      const [ready, queue] = [readyCells.get(name), queueCells.get(name)];
      if (ready !== undefined) ready.value = state === 'ready' ? 1 : 0;
      if (queue !== undefined) queue.value = queuedRows;
    }
  };
  const queueRows = register(new Family(METRICS.queueRows, counter, refresh));
  const info = register(new Family(METRICS.modelInfo, counter));
  const modelReady = register(new Family(METRICS.modelReady, counter, refresh));
  for (const { name, version } of perModel) {
    queueCells.set(name, queueRows.add(name, version));
    readyCells.set(name, modelReady.add(name, version));
  }
  for (const { spec, fingerprint } of models) {
    const { model, graph, weights, signature } = fingerprint;
    info.add(spec.name, spec.version, model, graph, weights, signature, runtime).value = 1;
  }
  if (processMetrics) {
    collectDefaultMetrics({ register: registry });
    for (const name of MISNAMED) registry.removeSingleMetric(name);
  }

  return {
    contentType: registry.contentType,
    inFlight,
    route(model, version, route) {
      const byStatus = new Map<number, Cell>();
      const duration = requestDuration.add(model, version, route);
      return {
        count(status, seconds) {
          let cell = byStatus.get(status);
          if (cell === undefined) {
            cell = requests.add(model, version, route, String(status));
            byStatus.set(status, cell);
          }
          cell.value++;
          if (seconds !== undefined) duration.observe(seconds);
        },
      };
    },
    model(name, version) {
      const inference = inferenceDuration.add(name, version);
      const queue = queueDuration.add(name, version);
      const rows = batchRows.add(name, version);
      return {
        countRun(result) {
          inference.observe(result.inferMs / 1000);
          queue.observe(result.queueMs / 1000);
          rows.observe(result.batchRows);
        },
      };
    },
    reject(reason) {
      const cell = rejectedBy.get(reason);
      if (cell !== undefined) cell.value++;
    },
    text: () => registry.metrics(),
  };
}
