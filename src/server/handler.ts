/** Service spec × served models × engine → the handler: requests in, responses out, no sockets. */
import { type Engine, InferError } from '../engine/engine.ts';
import type { Clock, Log } from '../ports.ts';
import type { ServiceSpec } from '../service/spec.ts';
import { HEADER_LENGTH_FIELD, headerLengthOf } from './binary/header-length.ts';
import { codingOf, KNOWN_CODINGS } from './content-coding.ts';
import type {
  Admission,
  ModelControl,
  ReplaceableHandler,
  Request,
  RequestHead,
  Response,
  ServedModel,
} from './contract.ts';
import { errorAnswer } from './error-answer.ts';
import { requestIdOf, responseHeaders, traceparentOf } from './identity.ts';
import { createMetrics, type ModelMetrics, type RouteMetrics } from './metrics.ts';
import { type ModelEntry, modelEntry } from './model-entry.ts';
import { type ModelTable, modelTable } from './model-table.ts';
import { Refusal } from './refusal.ts';
import { createRouter, type NoTarget, type Router, type Target } from './router.ts';
import { type ErrorStyle, ROUTES } from './routes.ts';
import type { Answer, Service } from './service.ts';
import { TITLES } from './status.ts';

export interface HandlerOptions {
  readonly spec: ServiceSpec;
  /** In the order of the spec: the first is the default. */
  readonly models: readonly ServedModel[];
  readonly engine: Engine;
  readonly clock: Clock;
  readonly log: Log;
  /** Name and version of the runtime: `onnxruntime-node 1.30.0`. */
  readonly runtime: string;
  /** What the admin calls do; absent: they are off. */
  readonly control?: ModelControl;
  /** Also show metrics of the whole process; for the one handler of `mlserve serve`. */
  readonly processMetrics?: boolean;
}

/** What is known about a request once its target was looked up. */
interface Context {
  readonly head: RequestHead;
  readonly requestId: string;
  readonly entry: ModelEntry;
  readonly style: ErrorStyle;
  readonly metrics: RouteMetrics;
  readonly path: string;
  /** Probes and scrapes that go well are not worth a line each. */
  readonly isQuiet: boolean;
  /** Whether it asks for a prediction, or for something that is not there. */
  readonly infers: boolean;
  /** Of the model that was addressed, if one was. */
  readonly entryMetrics: ModelMetrics;
}

/** What is replaced as one when the models change. */
interface State {
  readonly table: ModelTable;
  readonly router: Router;
}

export function createHandler(options: HandlerOptions): ReplaceableHandler {
  const { spec, engine, clock, log } = options;
  const metrics = createMetrics({
    clock,
    engine,
    runtime: options.runtime,
    processMetrics: options.processMetrics ?? false,
  });
  const noModel = metrics.model('', '');
  /** An entry stays the same for as long as its model is loaded. */
  const stateOf = (models: readonly ServedModel[], before: readonly ModelEntry[]): State => {
    metrics.show(models);
    const table = modelTable(
      models.map((served) => {
        const { name, version } = served.spec;
        return before.find(({ key }) => key === served.key) ?? modelEntry(served, log, metrics.model(name, version));
      }),
    );
    return { table, router: createRouter({ routes: ROUTES, models: table, metrics }) };
  };
  let state = stateOf(options.models, []);
  let isDraining = false;
  let hasStarted = false;
  const service: Service = {
    spec,
    models: () => state.table,
    control: options.control,
    engine,
    clock,
    metrics,
    isDraining: () => isDraining,
    hasStarted: () => {
      hasStarted ||= engine.isReady();
      return hasStarted;
    },
  };
  const admitted: Admission = { maxBytes: spec.limits.bodyBytes };
  const { maxBytes } = admitted;
  const admissionOf = ({ headers }: RequestHead): Admission => {
    const encoding = headers['content-encoding'];
    const headerLength = headers[HEADER_LENGTH_FIELD];
    if (encoding === undefined && headerLength === undefined) return admitted;
    const coding = codingOf(encoding);
    return { maxBytes, coding: coding === 'identity' ? undefined : coding, alignAt: headerLengthOf(headerLength) };
  };

  const contextOf = (head: RequestHead, found: Target | NoTarget): Context => {
    const requestId = requestIdOf(head.headers);
    if ('route' in found) {
      const { route, entry, metrics: counts } = found;
      const isQuiet = !route.infers && route.scope !== 'admin';
      return {
        head,
        requestId,
        entry,
        style: route.style,
        metrics: counts,
        path: route.path,
        isQuiet,
        infers: route.infers,
        entryMetrics: entry.metrics,
      };
    }
    return {
      head,
      requestId,
      entry: found.entry ?? state.table.defaultModel,
      style: found.style,
      metrics: found.metrics,
      path: '',
      isQuiet: false,
      infers: true,
      entryMetrics: noModel,
    };
  };

  /** Counts, logs and signs an answer. */
  const respond = (
    context: Context,
    answer: Answer,
    extra?: Readonly<Record<string, string>>,
    ms?: number,
  ): Response => {
    const { head, requestId, entry, path } = context;
    const { status, type, body, blobs, identity = entry.identity } = answer;
    context.metrics.count(status, ms === undefined ? undefined : ms / 1000);
    // A 503 of a probe is its answer, not a failure.
    if (!context.isQuiet || (status >= 500 && status !== 503)) {
      const fields = {
        requestId,
        method: head.method,
        route: path,
        status,
        ms: ms === undefined ? 0 : Math.round(ms * 1000) / 1000,
      };
      entry.log.info('request', fields);
    }
    const traceparent = traceparentOf(head.headers);
    return {
      status,
      headers: responseHeaders({ identity, requestId, type, traceparent, extra }),
      body,
      blobs,
    };
  };

  const respondError = (context: Context, error: unknown, ms?: number): Response => {
    const { headers, reason, logged, ...answer } = errorAnswer(error, context);
    if (reason !== undefined && context.infers) context.entryMetrics.reject(reason);
    if (error instanceof InferError && context.infers) context.entryMetrics.statistics.countFailure(ms ?? 0);
    if (logged !== undefined)
      context.entry.log.error('request failed', { requestId: context.requestId, reason: logged });
    return respond(context, answer, headers, ms);
  };

  /** Why a request cannot be taken, from its head alone. */
  const objection = (head: RequestHead, found: Target | NoTarget): Refusal | InferError | undefined => {
    if (!('route' in found)) {
      const headers = found.allow === undefined ? {} : { Allow: found.allow };
      return new Refusal(found.status, found.message, { headers });
    }
    const length = head.headers['content-length'];
    if (length !== undefined && Number(length) > spec.limits.bodyBytes) return tooLarge(spec.limits.bodyBytes);
    if (codingOf(head.headers['content-encoding']) === undefined) {
      const what =
        'this Content-Encoding is not supported: send the body with gzip, with deflate (zlib format), or plain';
      return new Refusal(415, what, { headers: { 'Accept-Encoding': KNOWN_CODINGS } });
    }
    if (!found.route.infers) return undefined;
    const status = engine.status(found.entry.key);
    if (status?.state !== 'ready') return new InferError('not-ready', `the model is ${status?.state ?? 'unloaded'}`);
    if (status.queuedRows >= status.queueLimit) return new InferError('queue-full', `${status.queuedRows} rows wait`);
    return undefined;
  };

  return {
    admit(head) {
      const found = state.router.find(head.method, head.target);
      try {
        const reason = objection(head, found);
        return reason === undefined ? admissionOf(head) : respondError(contextOf(head, found), reason);
      } catch (error) {
        return respondError(contextOf(head, found), error);
      }
    },

    async handle(request: Request) {
      const start = clock.monotonic();
      const found = state.router.find(request.method, request.target);
      const context = contextOf(request, found);
      metrics.inFlight.value++;
      try {
        const reason = objection(request, found);
        if (reason !== undefined || !('route' in found)) throw reason;
        if (request.body.length > spec.limits.bodyBytes) throw tooLarge(spec.limits.bodyBytes);
        const { entry, name } = found;
        const call = { request, requestId: context.requestId, entry, name, startedAt: start };
        const answer = await found.route.run(service, call);
        return respond(context, answer, answer.headers, clock.monotonic() - start);
      } catch (error) {
        return respondError(context, error, clock.monotonic() - start);
      } finally {
        metrics.inFlight.value--;
      }
    },

    refuse(head, status, message) {
      const known: RequestHead = head ?? { method: '', target: '', headers: {} };
      const context = contextOf(known, state.router.find(known.method, known.target));
      const detail = status === 503 ? { headers: { 'Retry-After': '1' } } : {};
      return respondError(context, new Refusal(status, message || (TITLES[status] ?? 'refused'), detail));
    },

    drain() {
      isDraining = true;
    },

    replace(models) {
      state = stateOf(models, state.table.entries);
    },
  };
}

function tooLarge(limit: number): Refusal {
  return new Refusal(413, `the body is larger than ${limit} bytes (limits.bodyBytes)`);
}
