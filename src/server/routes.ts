/** The one table of routes: method and path → function. `docs/protocol.md` lists the same. */
import { livez, metricsPage, readyz, startupz } from './health.ts';
import { inferV2 } from './infer-v2.ts';
import { liveV2, modelMetadata, modelReadyV2, readyV2, serverMetadata } from './metadata-v2.ts';
import { predict } from './predict.ts';
import { type Answer, jsonAnswer, type RouteFunction, type Service } from './service.ts';

/** How a refusal is written: `{"error": …}` as V2 clients read it, or problem+json. */
export type ErrorStyle = 'error' | 'problem';

export interface Route {
  readonly method: 'GET' | 'POST';
  /** `{model}` and `{version}` stand for one segment each. */
  readonly path: string;
  readonly run: RouteFunction;
  readonly style: ErrorStyle;
  /** Whether it runs a model: turned away unread while the model is not ready or its queue is full. */
  readonly infers: boolean;
}

const get = (path: string, run: RouteFunction): Route => ({ method: 'GET', path, run, style: 'error', infers: false });
const post = (path: string, run: RouteFunction, style: ErrorStyle): Route => ({
  method: 'POST',
  path,
  run,
  style,
  infers: true,
});

export const ROUTES: readonly Route[] = [
  post('/predict', predict, 'problem'),
  post('/models/{model}/predict', predict, 'problem'),
  post('/models/{model}/versions/{version}/predict', predict, 'problem'),
  get('/v2', serverMetadata),
  get('/v2/', serverMetadata),
  get('/v2/health/live', liveV2),
  get('/v2/health/ready', readyV2),
  get('/v2/models/{model}', modelMetadata),
  get('/v2/models/{model}/versions/{version}', modelMetadata),
  get('/v2/models/{model}/ready', modelReadyV2),
  get('/v2/models/{model}/versions/{version}/ready', modelReadyV2),
  post('/v2/models/{model}/infer', inferV2, 'error'),
  post('/v2/models/{model}/versions/{version}/infer', inferV2, 'error'),
  get('/livez', livez),
  get('/readyz', readyz),
  get('/startupz', startupz),
  get('/metrics', metricsPage),
  get('/', index),
];

/** `GET /`: which models answer here, and where. */
function index({ spec, models }: Service): Answer {
  return jsonAnswer(200, {
    service: { name: spec.name, version: spec.version },
    models: models().entries.map(({ identity }) => identity),
    routes: ROUTES.map(({ method, path }) => `${method} ${path}`),
  });
}
