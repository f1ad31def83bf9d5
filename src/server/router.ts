/** Routes × models → the look-up from method and target to a route and a model. One Map look-up for every path as clients write it. */
import type { Metrics, RouteMetrics } from './metrics.ts';
import { UNKNOWN_LABEL } from './metrics-table.ts';
import type { ModelEntry } from './model-entry.ts';
import { notFoundText } from './model-errors.ts';
import { findModel, type ModelTable } from './model-table.ts';
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
      add(fill(route.path, name, version), target);
    }
  }

  const templates = routes.filter((route) => /{(model|name)}/.test(route.path));
  const named = new Map(
    routes.filter(({ path }) => path.includes('{name}')).map((route) => [route, metrics.route('', '', route.path)]),
  );
  /** The paths that are written otherwise: other percent-encodings, unknown models and versions. */
  const findSlowly = (method: string, path: string): Target | NoTarget => {
    const segments = decodeSegments(path);
    const matching =
      segments === undefined ? [] : templates.filter(({ path: template }) => matches(template, segments));
    const [sample] = matching;
    if (segments === undefined || sample === undefined) return notFound(nowhere);
    const { model, version } = parametersOf(sample.path, segments);
    if (named.has(sample)) {
      const entry = findModel(models, model) ?? defaultModel;
      const route = matching.find((each) => each.method === method);
      const metrics = named.get(sample) ?? nowhere;
      if (route !== undefined) return { route, entry, metrics, name: model };
      return notAllowed(
        matching.map((each) => each.method),
        { style: sample.style, entry, metrics },
      );
    }
    const entry = findModel(models, model, version);
    if (entry !== undefined) {
      return findIn(paths.get(fill(sample.path, entry.identity.name, entry.identity.version)), method, nowhere);
    }
    const route = matching.find((each) => each.method === method);
    if (route === undefined)
      return notAllowed(
        matching.map((each) => each.method),
        { style: sample.style, entry: findModel(models, model), metrics: nowhere },
      );
    const known = findModel(models, model);
    const message = notFoundText(models, model, version);
    const counts = unknownModel.get(route) ?? nowhere;
    const { style, scope } = route;
    return { status: 404, message, style, scope, entry: known, allow: undefined, metrics: counts };
  };

  return {
    find(method, target) {
      const verb = method === 'HEAD' ? 'GET' : method;
      const query = target.indexOf('?');
      const path = query === -1 ? target : target.slice(0, query);
      const byMethod = paths.get(path);
      return byMethod === undefined ? findSlowly(verb, path) : findIn(byMethod, verb, nowhere);
    },
  };
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

function fill(template: string, model: string, version: string): string {
  return template
    .replace('{model}', () => encodeURIComponent(model))
    .replace('{version}', () => encodeURIComponent(version));
}

/** Each segment decoded once; undefined where the encoding is broken. */
function decodeSegments(path: string): readonly string[] | undefined {
  try {
    return path.split('/').map(decodeURIComponent);
  } catch {
    return undefined;
  }
}

function matches(template: string, segments: readonly string[]): boolean {
  const parts = template.split('/');
  return (
    parts.length === segments.length &&
    parts.every((part, at) => (part.startsWith('{') ? segments[at] !== '' : part === segments[at]))
  );
}

function parametersOf(template: string, segments: readonly string[]): { model: string; version: string | undefined } {
  const parts = template.split('/');
  const at = parts.findIndex((part) => part === '{model}' || part === '{name}');
  return { model: segments[at] ?? '', version: segments[parts.indexOf('{version}')] };
}
