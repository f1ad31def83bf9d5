/** Calls → the counters of their route for their model, as the routes of HTTP have them; made when a call first needs them. */
import type { Metrics, RouteMetrics } from '../metrics.ts';
import { UNKNOWN_LABEL } from '../metrics-table.ts';
import type { ModelEntry } from '../model-entry.ts';
import type { Attempt } from './attempt.ts';

type ByPath = Map<string, RouteMetrics>;

export class RouteCounters {
  readonly #metrics: Metrics;
  readonly #byModel = new WeakMap<ModelEntry, ByPath>();
  readonly #ofNone: ByPath = new Map();
  readonly #ofUnknown: ByPath = new Map();

  constructor(metrics: Metrics) {
    this.#metrics = metrics;
  }

  /** `path`: of a known call. */
  of({ addressed, entry }: Pick<Attempt, 'addressed' | 'entry'>, path: string): RouteMetrics {
    if (addressed === 'none') return this.ofNoModel(path);
    if (addressed === 'unknown') return this.#find(this.#ofUnknown, path, UNKNOWN_LABEL, UNKNOWN_LABEL);
    let ofModel = this.#byModel.get(entry);
    if (ofModel === undefined) {
      ofModel = new Map();
      this.#byModel.set(entry, ofModel);
    }
    return this.#find(ofModel, path, entry.identity.name, entry.identity.version);
  }

  /** `path`: undefined for a call that is not here. */
  ofNoModel(path: string = UNKNOWN_LABEL): RouteMetrics {
    return this.#find(this.#ofNone, path, '', '');
  }

  #find(counters: ByPath, path: string, model: string, version: string): RouteMetrics {
    let found = counters.get(path);
    if (found === undefined) {
      found = this.#metrics.route(model, version, path);
      counters.set(path, found);
    }
    return found;
  }
}
