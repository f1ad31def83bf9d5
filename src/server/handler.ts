/** Service spec × served models × engine → the handler: requests in, responses out, no sockets. */
import { type Engine, InferError } from '../engine/engine.ts';
import type { Clock, Log } from '../ports.ts';
import type { ServiceSpec } from '../service/spec.ts';
import type { Handler, Request, RequestHead, Response, ServedModel } from './contract.ts';
import { errorAnswer } from './error-answer.ts';
import { requestIdOf, responseHeaders, traceparentOf } from './identity.ts';
import { createMetrics, type RouteMetrics } from './metrics.ts';
import { type ModelEntry, modelEntry } from './model-entry.ts';
import { Refusal } from './refusal.ts';
import { createRouter, type NoTarget, type Target } from './router.ts';
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
}

export function createHandler(options: HandlerOptions): Handler {
  const { spec, engine, clock, log } = options;
  const metrics = createMetrics({ ...options, processMetrics: options.processMetrics ?? false });
  const entries = options.models.map((served) =>
    modelEntry(served, log, metrics.model(served.spec.name, served.spec.version)),
  );
  const [defaultModel] = entries;
  if (defaultModel === undefined) throw new Error('a handler needs a model');
  const models = new Map(entries.map((entry) => [entry.identity.name, entry]));
  const router = createRouter({ routes: ROUTES, models, defaultModel, metrics });
  let isDraining = false;
  let hasStarted = false;
  const service: Service = {
    spec,
    models,
    defaultModel,
    engine,
    clock,
    metrics,
    isDraining: () => isDraining,
    hasStarted: () => {
      hasStarted ||= engine.isReady();
      return hasStarted;
    },
  };
  const admitted = { maxBytes: spec.limits.bodyBytes };

  const contextOf = (head: RequestHead, found: Target | NoTarget): Context => {
    const requestId = requestIdOf(head.headers);
    if ('route' in found) {
      const { route, entry, metrics: counts } = found;
      return { head, requestId, entry, style: route.style, metrics: counts, path: route.path, isQuiet: !route.infers };
    }
    return {
      head,
      requestId,
      entry: found.entry ?? defaultModel,
      style: found.style,
      metrics: found.metrics,
      path: '',
      isQuiet: false,
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
    const { status, type, body } = answer;
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
      headers: responseHeaders({ identity: entry.identity, requestId, type, traceparent, extra }),
      body,
    };
  };

  const respondError = (context: Context, error: unknown, ms?: number): Response => {
    const { headers, reason, logged, ...answer } = errorAnswer(error, context);
    if (reason !== undefined && !context.isQuiet) metrics.reject(reason);
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
    const encoding = head.headers['content-encoding'];
    if (encoding !== undefined && encoding.toLowerCase() !== 'identity') {
      return new Refusal(415, 'a compressed body is not supported: send it without Content-Encoding', {
        headers: { 'Accept-Encoding': 'identity' },
      });
    }
    if (!found.route.infers) return undefined;
    const status = engine.status(found.entry.identity.name);
    if (status?.state !== 'ready') return new InferError('not-ready', `the model is ${status?.state ?? 'not loaded'}`);
    if (status.queuedRows >= spec.limits.queueRows)
      return new InferError('queue-full', `${status.queuedRows} rows wait`);
    return undefined;
  };

  return {
    admit(head) {
      const found = router.find(head.method, head.target);
      try {
        const reason = objection(head, found);
        return reason === undefined ? admitted : respondError(contextOf(head, found), reason);
      } catch (error) {
        return respondError(contextOf(head, found), error);
      }
    },

    async handle(request: Request) {
      const start = clock.monotonic();
      const found = router.find(request.method, request.target);
      const context = contextOf(request, found);
      metrics.inFlight.value++;
      try {
        const reason = objection(request, found);
        if (reason !== undefined || !('route' in found)) throw reason;
        if (request.body.length > spec.limits.bodyBytes) throw tooLarge(spec.limits.bodyBytes);
        const call = { request, requestId: context.requestId, entry: found.entry };
        const answer = await found.route.run(service, call);
        return respond(context, answer, undefined, clock.monotonic() - start);
      } catch (error) {
        return respondError(context, error, clock.monotonic() - start);
      } finally {
        metrics.inFlight.value--;
      }
    },

    refuse(head, status, message) {
      const known: RequestHead = head ?? { method: '', target: '', headers: {} };
      const context = contextOf(known, router.find(known.method, known.target));
      const detail = status === 503 ? { headers: { 'Retry-After': '1' } } : {};
      return respondError(context, new Refusal(status, message || (TITLES[status] ?? 'refused'), detail));
    },

    drain() {
      isDraining = true;
    },
  };
}

function tooLarge(limit: number): Refusal {
  return new Refusal(413, `the body is larger than ${limit} bytes (limits.bodyBytes)`);
}
