/** The one table of metrics: what `/metrics` shows and `docs/metrics.md` lists. Base units; labels come from config, never from a request. */

export interface MetricRow {
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  readonly labels: readonly string[];
  /** Upper bounds of a histogram's buckets; +Inf is implied. */
  readonly buckets?: readonly number[];
}

/** Seconds; from a tenth of a millisecond, for a small model answers in less than one. */
const SECONDS = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const ROWS = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024];

export const METRICS = {
  requests: {
    name: 'mlserve_requests_total',
    type: 'counter',
    help: 'Requests answered, by HTTP status; the model is the one the route addresses.',
    labels: ['model', 'version', 'route', 'code'],
  },
  requestDuration: {
    name: 'mlserve_request_duration_seconds',
    type: 'histogram',
    help: 'Time from the last byte of the request to the finished response.',
    labels: ['model', 'version', 'route'],
    buckets: SECONDS,
  },
  inferenceDuration: {
    name: 'mlserve_inference_duration_seconds',
    type: 'histogram',
    help: 'Time inside the runtime, once for each request that was answered.',
    labels: ['model', 'version'],
    buckets: SECONDS,
  },
  queueDuration: {
    name: 'mlserve_queue_duration_seconds',
    type: 'histogram',
    help: 'Time between admission and the start of the run.',
    labels: ['model', 'version'],
    buckets: SECONDS,
  },
  batchRows: {
    name: 'mlserve_batch_rows',
    type: 'histogram',
    help: 'Rows of the run that answered a request.',
    labels: ['model', 'version'],
    buckets: ROWS,
  },
  inFlight: {
    name: 'mlserve_requests_in_flight',
    type: 'gauge',
    help: 'Requests that were read and are not yet answered.',
    labels: [],
  },
  rejected: {
    name: 'mlserve_rejected_total',
    type: 'counter',
    help: 'Requests for a prediction that were turned away, by reason; no model where none was addressed.',
    labels: ['model', 'version', 'reason'],
  },
  queueRows: {
    name: 'mlserve_queue_rows',
    type: 'gauge',
    help: 'Rows that wait for a session.',
    labels: ['model', 'version'],
  },
  queueLimit: {
    name: 'mlserve_queue_limit_rows',
    type: 'gauge',
    help: 'Rows that may wait for a session; past it requests are refused.',
    labels: ['model', 'version'],
  },
  modelInfo: {
    name: 'mlserve_model_info',
    type: 'gauge',
    help: 'Always 1; the labels say exactly which model is served.',
    labels: ['name', 'version', 'digest', 'graph', 'weights', 'signature', 'runtime'],
  },
  modelReady: {
    name: 'mlserve_model_ready',
    type: 'gauge',
    help: '1 while the model takes requests, 0 while it loads, warms, drains or has failed.',
    labels: ['model', 'version'],
  },
} as const satisfies Record<string, MetricRow>;

/** Reasons of `mlserve_rejected_total`. */
export const REJECT_REASONS = [
  'queue_full',
  'queue_bytes',
  'not_ready',
  'too_large',
  'bad_request',
  'unauthorized',
  'forbidden',
  'deadline',
  'cancelled',
] as const;
export type RejectReason = (typeof REJECT_REASONS)[number];

/** Label value where a request names a model or path that the service does not have. */
export const UNKNOWN_LABEL = '__unknown__';
