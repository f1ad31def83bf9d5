/** The one table of routes: method and path → function. `docs/protocol.md` lists the same. */
import type { ServiceSpec } from '../service/spec.ts';
import type { Scope } from './auth/api-keys.ts';
import { allStatistics, configuration, modelStatistics, versionStatistics } from './describe-v2.ts';
import { docsFile, docsPage, docsScript } from './docs-page.ts';
import { livez, metricsPage, readyz, startupz } from './health.ts';
import { inferV2 } from './infer-v2.ts';
import { invocations } from './invocations.ts';
import { liveV2, modelMetadata, modelReadyV2, readyV2, serverMetadata } from './metadata-v2.ts';
import { openApi } from './openapi-route.ts';
import { predict } from './predict.ts';
import { listModelsV1, modelReadyV1, predictV1 } from './predict-v1.ts';
import { load, index as repositoryIndexPage, unload } from './repository.ts';
import { type Answer, jsonAnswer, type RouteFunction, type Service } from './service.ts';

/** How a refusal is written: `{"error": …}` as V2 clients read it, the same with the texts of V1, or problem+json. */
export type ErrorStyle = 'error' | 'v1' | 'problem';

export interface Route {
  readonly method: 'GET' | 'POST';
  /** `{model}` and `{version}` stand for one segment each, of what is served; `{name}` for any segment. */
  readonly path: string;
  readonly run: RouteFunction;
  readonly style: ErrorStyle;
  /** Whether it runs a model: turned away unread while the model is not ready or its queue is full. */
  readonly infers: boolean;
  /** What a key must be good for, where keys are asked for; `open`: anybody may know. */
  readonly scope: Scope | 'open';
  /** Where a setting gives the path: the path of the table whose route answers likewise. */
  readonly like?: string;
}

const get = (path: string, run: RouteFunction, scope: Route['scope'], style: ErrorStyle = 'error'): Route => ({
  ...{ method: 'GET', path, run, style, infers: false, scope },
});
const infer = (path: string, run: RouteFunction, style: ErrorStyle): Route => ({
  ...{ method: 'POST', path, run, style, infers: true, scope: 'infer' },
});
const post = (path: string, run: RouteFunction, scope: Route['scope']): Route => ({
  ...{ method: 'POST', path, run, style: 'error', infers: false, scope },
});

export const ROUTES: readonly Route[] = [
  infer('/predict', predict, 'problem'),
  infer('/models/{model}/predict', predict, 'problem'),
  infer('/models/{model}/versions/{version}/predict', predict, 'problem'),
  get('/v2', serverMetadata, 'infer'),
  get('/v2/', serverMetadata, 'infer'),
  get('/v2/health/live', liveV2, 'open'),
  get('/v2/health/ready', readyV2, 'open'),
  get('/v2/models/{model}', modelMetadata, 'infer'),
  get('/v2/models/{model}/versions/{version}', modelMetadata, 'infer'),
  get('/v2/models/{model}/ready', modelReadyV2, 'open'),
  get('/v2/models/{model}/versions/{version}/ready', modelReadyV2, 'open'),
  get('/v2/models/{model}/config', configuration, 'infer'),
  get('/v2/models/{model}/versions/{version}/config', configuration, 'infer'),
  get('/v2/models/{model}/stats', modelStatistics, 'infer'),
  get('/v2/models/{model}/versions/{version}/stats', versionStatistics, 'infer'),
  // After the routes of models: it is this one's, also when a model is called "stats".
  get('/v2/models/stats', allStatistics, 'infer'),
  infer('/v2/models/{model}/infer', inferV2, 'error'),
  infer('/v2/models/{model}/versions/{version}/infer', inferV2, 'error'),
  post('/v2/repository/index', repositoryIndexPage, 'infer'),
  post('/v2/repository/models/{name}/load', load, 'admin'),
  post('/v2/repository/models/{name}/unload', unload, 'admin'),
  get('/v1/models', listModelsV1, 'infer', 'v1'),
  get('/v1/models/{model}', modelReadyV1, 'open', 'v1'),
  infer('/v1/models/{model}:predict', predictV1, 'v1'),
  get('/ping', readyz, 'open'),
  infer('/invocations', invocations, 'v1'),
  get('/livez', livez, 'open'),
  get('/readyz', readyz, 'open'),
  get('/startupz', startupz, 'open'),
  get('/metrics', metricsPage, 'metrics'),
  get('/openapi.json', openApi, 'infer'),
  get('/docs', docsPage, 'open'),
  get('/docs/page.js', docsScript, 'open'),
  get('/docs/swagger-ui-bundle.js', docsFile('swagger-ui-bundle.js'), 'open'),
  get('/docs/swagger-ui.css', docsFile('swagger-ui.css'), 'open'),
  get('/', index, 'infer'),
];

/** The table, and the routes whose path is a setting; each of these stands in the place of one of the table with its method and path. */
export function routesOf({ server }: Pick<ServiceSpec, 'server'>): readonly Route[] {
  const { healthPath, predictPath } = server;
  const own: readonly Route[] = [
    ...(healthPath === '' ? [] : [{ ...get(healthPath, readyz, 'open'), like: '/ping' }]),
    ...(predictPath === '' ? [] : [{ ...infer(predictPath, invocations, 'v1'), like: '/invocations' }]),
  ];
  const isReplaced = ({ method, path }: Route) => own.some((each) => each.method === method && each.path === path);
  return [...ROUTES.filter((route) => !isReplaced(route)), ...own];
}

/** What a port answers of all routes: a port for metrics has them alone, and no other port then has them. */
export function routesOn(
  port: 'main' | 'metrics',
  { server }: ServiceSpec,
  routes: readonly Route[],
): readonly Route[] {
  if (port === 'metrics') return routes.filter(({ scope }) => scope === 'metrics');
  return server.metricsPort === 'off' ? routes : routes.filter(({ scope }) => scope !== 'metrics');
}

/** `GET /`: which models answer here, and where. */
function index({ spec, models, routes }: Service): Answer {
  return jsonAnswer(200, {
    service: { name: spec.name, version: spec.version },
    models: models().entries.map(({ identity }) => identity),
    routes: routes.map(({ method, path }) => `${method} ${path}`),
  });
}
