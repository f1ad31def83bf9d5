/** Routes × models → the look-up from method and target to a route and a model. One Map look-up for every path as clients write it. */
import type { Metrics, RouteMetrics } from './metrics.ts';
import { UNKNOWN_LABEL } from './metrics-table.ts';
import type { ModelEntry } from './model-entry.ts';
import { notFoundText } from './model-errors.ts';
import { findModel, type ModelTable } from './model-table.ts';
import { fillPath, pathTemplate } from './path-template.ts';
import type { ErrorStyle, Route } from './routes.ts';

/** A route for a model it may address, and what it counts. */
export interface Target {
  readonly route: Route;
  readonly entry: ModelEntry;
  readonly metrics: RouteMetrics;
  /** What stands for `{name}` in the path. */
  readonly name: string | undefined;
}

/** A request that no route takes. */
export interface NoTarget {
  readonly status: 404 | 405;
  readonly message: string;
  readonly style: ErrorStyle;
  /** The model the path names, where it is served. */
  readonly entry: ModelEntry | undefined;
  /** Of the route that would answer for a model that is served; `open` where there is no such route. */
  readonly scope: Route['scope'];
  /** Methods the path has, for 405. */
  readonly allow: string | undefined;
  readonly metrics: RouteMetrics;
}

export interface Router {
  find(method: string, target: string): Target | NoTarget;
}

interface RouterParts {
  readonly routes: readonly Route[];
  readonly models: ModelTable;
  readonly metrics: Metrics;
}

type ByMethod = Map<string, Target>;

export function createRouter({ routes, models, metrics }: RouterParts): Router {
  const { defaultModel } = models;
  const paths = new Map<string, ByMethod>();
  const unknownModel = new Map<Route, RouteMetrics>();
  const nowhere = metrics.route('', '', UNKNOWN_LABEL);
  const add = (path: string, target: Target): void => {
    const byMethod = paths.get(path) ?? new Map<string, Target>();
    paths.set(path, byMethod.set(target.route.method, target));
  };
  for (const route of routes) {
    if (route.path.includes('{name}')) continue;
    if (!route.path.includes('{model}')) {
      const { name, version } = defaultModel.identity;
      const label = route.infers ? metrics.route(name, version, route.path) : metrics.route('', '', route.path);
      add(route.path, { route, entry: defaultModel, metrics: label, name: undefined });
      continue;
    }
    unknownModel.set(route, metrics.route(UNKNOWN_LABEL, UNKNOWN_LABEL, route.path));
    const isVersioned = route.path.includes('{version}');
    const addressed = isVersioned ? models.entries : [...models.byName.values()].flatMap(([first]) => first ?? []);
    for (const entry of addressed) {
      const { name, version } = entry.identity;
      const target = { route, entry, metrics: metrics.route(name, version, route.path), name: undefined };
      add(fillPath(route.path, name, version), target);
    }
  }

  const templates = routes
    .filter((route) => /{(model|name)}/.test(route.path))
    .map((route) => {
      const hasVerbs = routes.some((other) => other.path.startsWith(`${route.path}:`));
      return { route, template: pathTemplate(route.path, hasVerbs) };
    });
  const named = new Map(
    routes.filter(({ path }) => path.includes('{name}')).map((route) => [route, metrics.route('', '', route.path)]),
  );
  /** The paths that are written otherwise: other percent-encodings, unknown models and versions. */
  const findSlowly = (method: string, path: string): Target | NoTarget => {
    const segments = decodeSegments(path);
    const matching = templates.flatMap(({ route, template }) => {
      const names = segments && template.read(segments);
      return names === undefined ? [] : [{ route, names }];
    });
    const [sample] = matching;
    if (sample === undefined) return notFound(nowhere);
    const { model, version } = sample.names;
    const { path: template, style } = sample.route;
    const route = matching.find((each) => each.route.method === method)?.route;
    const methods = matching.map((each) => each.route.method);
    if (named.has(sample.route)) {
      const entry = findModel(models, model) ?? defaultModel;
      const counts = named.get(sample.route) ?? nowhere;
      if (route !== undefined) return { route, entry, metrics: counts, name: model };
      return notAllowed(methods, { style, entry, metrics: counts });
    }
    const entry = findModel(models, model, version);
    if (entry !== undefined) {
      return findIn(paths.get(fillPath(template, entry.identity.name, entry.identity.version)), method, nowhere);
    }
    const known = findModel(models, model);
    if (route === undefined) return notAllowed(methods, { style, entry: known, metrics: nowhere });
    const message = notFoundText(models, { name: model, version }, route.style);
    const counts = unknownModel.get(route) ?? nowhere;
    return {
      status: 404,
      message,
      style: route.style,
      scope: route.scope,
      entry: known,
      allow: undefined,
      metrics: counts,
    };
  };

  const find = (method: string, target: string): Target | NoTarget => {
    const verb = method === 'HEAD' ? 'GET' : method;
    const query = target.indexOf('?');
    const path = query === -1 ? target : target.slice(0, query);
    const byMethod = paths.get(path);
    if (byMethod !== undefined) return findIn(byMethod, verb, nowhere);
    const inside = pathOfUrl(path);
    return inside === undefined ? findSlowly(verb, path) : find(method, inside);
  };
  return { find };
}

/** The path of a target in absolute form (RFC 9112, 3.2.2), as clients write it that take us for a proxy; undefined for any other target. */
function pathOfUrl(target: string): string | undefined {
  const [, path] = /^https?:\/\/[^/]+(.*)$/i.exec(target) ?? [];
  return path === '' ? '/' : path;
}

function findIn(byMethod: ByMethod | undefined, method: string, nowhere: RouteMetrics): Target | NoTarget {
  if (byMethod === undefined) return notFound(nowhere);
  const target = byMethod.get(method);
  if (target !== undefined) return target;
  const [first] = byMethod.values();
  if (first === undefined) return notFound(nowhere);
  return notAllowed([...byMethod.keys()], { style: first.route.style, entry: first.entry, metrics: first.metrics });
}

function notFound(metrics: RouteMetrics): NoTarget {
  const scope = 'open' as const;
  return { status: 404, message: 'Not Found', style: 'error', scope, entry: undefined, allow: undefined, metrics };
}

function notAllowed(methods: readonly string[], path: Pick<NoTarget, 'style' | 'entry' | 'metrics'>): NoTarget {
  const allow = methods.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method])).join(', ');
  return { ...path, status: 405, message: 'Method Not Allowed', scope: 'open', allow };
}

/** Each segment decoded once; undefined where the encoding is broken. */
function decodeSegments(path: string): readonly string[] | undefined {
  try {
    return path.split('/').map(decodeURIComponent);
  } catch {
    return undefined;
  }
}
