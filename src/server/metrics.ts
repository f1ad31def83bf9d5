/** What requests and models do → the metrics of `metrics-table.ts`, counted in place and shown by prom-client. */
import type { Metric, Registry } from 'prom-client';
import type { Engine, InferResult } from '../engine/engine.ts';
import type { Clock } from '../ports.ts';
import { type Cell, Family, HistogramCell } from './cells.ts';
import type { ServedModel } from './contract.ts';
import { METRICS, type MetricRow, REJECT_REASONS, type RejectReason } from './metrics-table.ts';
import { type CallTimes, ModelStatistics } from './statistics.ts';

/** What one route counts for one model. */
export interface RouteMetrics {
  /** `seconds` undefined: refused before the body was read, so nothing to time. */
  count(status: number, seconds: number | undefined): void;
}

/** What one model counts. */
export interface ModelMetrics {
  /** A request that was answered: its rows, and what it took beside the run that answered it. */
  countAnswer(result: InferResult, rows: number, times: CallTimes): void;
  /** What the statistics extension says; kept when the model is loaded again. */
  readonly statistics: ModelStatistics;
  /** A request for a prediction that was turned away. */
  reject(reason: RejectReason): void;
}

export interface Metrics {
  readonly contentType: string;
  readonly inFlight: Cell;
  /** Which models are served from now on. What was counted for others stays. */
  show(models: readonly ServedModel[]): void;
  route(model: string, version: string, route: string): RouteMetrics;
  model(name: string, version: string): ModelMetrics;
  /** The page of `/metrics`. */
  text(): Promise<string>;
}

export interface MetricsOptions {
  readonly clock: Clock;
  readonly engine: Engine;
  /** Name and version of the runtime, as a label of `mlserve_model_info`. */
  readonly runtime: string;
  /** Also the metrics of this process: CPU, memory, event loop, garbage collection. */
  readonly processMetrics: boolean;
}

/** Gauges that prom-client names as if they were counters, which promtool rightly refuses. */
const MISNAMED = ['nodejs_active_handles_total', 'nodejs_active_requests_total', 'nodejs_active_resources_total'];

/** Of the text format of Prometheus. */
const CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/** prom-client is loaded for the first scrape: it takes as long as a good part of the start. What it counts itself, it counts from then on. */
async function openRegistry(
  families: readonly Family<Cell | HistogramCell>[],
  processMetrics: boolean,
): Promise<Registry> {
  const { collectDefaultMetrics, Registry } = await import('prom-client');
  const registry = new Registry();
  // The registry asks a metric for its name and `get()` alone; the types name prom-client's classes.
  for (const family of families) registry.registerMetric(family as unknown as Metric);
  if (processMetrics) {
    collectDefaultMetrics({ register: registry });
    for (const name of MISNAMED) registry.removeSingleMetric(name);
  }
  return registry;
}

export function createMetrics({ clock, engine, runtime, processMetrics }: MetricsOptions): Metrics {
  const families: Family<Cell | HistogramCell>[] = [];
  let registry: Promise<Registry> | undefined;
  const counter = (): Cell => ({ value: 0 });
  const histogram = (row: MetricRow) => (): HistogramCell => new HistogramCell(row.buckets ?? []);
  const register = <F extends Family<Cell> | Family<HistogramCell>>(family: F): F => {
    families.push(family as Family<Cell | HistogramCell>);
    return family;
  };
  const requests = register(new Family(METRICS.requests, counter));
  const requestDuration = register(new Family(METRICS.requestDuration, histogram(METRICS.requestDuration)));
  const inferenceDuration = register(new Family(METRICS.inferenceDuration, histogram(METRICS.inferenceDuration)));
  const queueDuration = register(new Family(METRICS.queueDuration, histogram(METRICS.queueDuration)));
  const batchRows = register(new Family(METRICS.batchRows, histogram(METRICS.batchRows)));
  const inFlight = register(new Family(METRICS.inFlight, counter)).cell();
  const rejected = register(new Family(METRICS.rejected, counter));

  const queueRows = register(new Family(METRICS.queueRows, counter, () => refresh()));
  const queueLimit = register(new Family(METRICS.queueLimit, counter, () => refresh()));
  const info = register(new Family(METRICS.modelInfo, counter));
  const modelReady = register(new Family(METRICS.modelReady, counter, () => refresh()));
  let served: readonly ServedModel[] = [];
  const allStatistics = new Map<string, ModelStatistics>();
  const statisticsOf = (name: string, version: string): ModelStatistics => {
    const key = JSON.stringify([name, version]);
    const known = allStatistics.get(key) ?? new ModelStatistics();
    allStatistics.set(key, known);
    return known;
  };
  const refresh = (): void => {
    for (const { key, spec } of served) {
      const { state, queuedRows = 0, queueLimit: limit = 0 } = engine.status(key) ?? {};
      modelReady.cell(spec.name, spec.version).value = state === 'ready' ? 1 : 0;
      queueRows.cell(spec.name, spec.version).value = queuedRows;
      queueLimit.cell(spec.name, spec.version).value = limit;
    }
  };

  return {
    contentType: CONTENT_TYPE,
    inFlight,
    show(models) {
      served = models;
      for (const gauge of [queueRows, queueLimit, info, modelReady]) gauge.clear();
      for (const { spec, fingerprint } of models) {
        const { model, graph, weights, signature } = fingerprint;
        info.cell(spec.name, spec.version, model, graph, weights, signature, runtime).value = 1;
      }
      refresh();
    },
    route(model, version, route) {
      const byStatus = new Map<number, Cell>();
      const duration = requestDuration.cell(model, version, route);
      return {
        count(status, seconds) {
          let cell = byStatus.get(status);
          if (cell === undefined) {
            cell = requests.cell(model, version, route, String(status));
            byStatus.set(status, cell);
          }
          cell.value++;
          if (seconds !== undefined) duration.observe(seconds);
        },
      };
    },
    model(name, version) {
      const inference = inferenceDuration.cell(name, version);
      const queue = queueDuration.cell(name, version);
      const runRows = batchRows.cell(name, version);
      const statistics = statisticsOf(name, version);
      const rejectedBy = new Map(REJECT_REASONS.map((reason) => [reason, rejected.cell(name, version, reason)]));
      return {
        statistics,
        countAnswer(result, rows, times) {
          statistics.countAnswer(result, rows, times, clock.now());
          inference.observe(result.inferMs / 1000);
          queue.observe(result.queueMs / 1000);
          runRows.observe(result.batchRows);
        },
        reject: (reason) => void (rejectedBy.get(reason) as Cell).value++,
      };
    },
    text: shared(async () => {
      registry ??= openRegistry(families, processMetrics);
      return (await registry).metrics();
    }, clock),
  };
}

/** Of the time, what pages take at most, whoever asks for how many: each costs milliseconds. */
const PAGES_SHARE = 0.1;

/** The work once for all who have asked since it was last begun: at the end of a turn of the event loop, and not again before others had most of the time. */
function shared<T>(work: () => Promise<T>, clock: Clock): () => Promise<T> {
  let next: Promise<T> | undefined;
  let notBefore = 0;
  const start = async (): Promise<T> => {
    next = undefined;
    const begun = clock.monotonic();
    const result = await work();
    const end = clock.monotonic();
    notBefore = end + (end - begun) * (1 / PAGES_SHARE - 1);
    return result;
  };
  return () => {
    next ??= new Promise<void>((wake) => {
      const waitMs = notBefore - clock.monotonic();
      if (waitMs > 1) setTimeout(wake, waitMs);
      else setImmediate(wake);
    }).then(start);
    return next;
  };
}
