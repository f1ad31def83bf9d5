/** Service spec × served models × engine → the handler: requests in, responses out, no sockets. */
import { type Engine, InferError, type InferResult } from '../engine/engine.ts';
import type { Clock, Log } from '../ports.ts';
import { readOrigins } from '../service/read-origins.ts';
import type { ServiceSpec } from '../service/spec.ts';
import { whyBusy } from './admission.ts';
import type { Denied, Gate, Verdict } from './auth/gate.ts';
import { HEADER_LENGTH_FIELD, headerLengthOf } from './binary/header-length.ts';
import { codingOf, KNOWN_CODINGS } from './content-coding.ts';
import type {
  Admission,
  Handler,
  ModelControl,
  Peer,
  ReplaceableHandler,
  Request,
  RequestHead,
  Response,
  ServedModel,
} from './contract.ts';
import { createCors } from './cors.ts';
import { errorAnswer } from './error-answer.ts';
import { requestIdOf, responseHeaders, traceparentOf } from './identity.ts';
import { createMetrics, type ModelMetrics, type RouteMetrics } from './metrics.ts';
import { type ModelEntry, modelEntry } from './model-entry.ts';
import { type ModelTable, modelTable } from './model-table.ts';
import { Refusal } from './refusal.ts';
import { requestLine } from './request-line.ts';
import { createRouter, type NoTarget, type Router, type Target } from './router.ts';
import { type ErrorStyle, type Route, routesOf, routesOn } from './routes.ts';
import { type Answer, type Call, jsonAnswer, type Service } from './service.ts';
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
  /** Text of a file of the documentation page, which is not served when absent. */
  readonly pageFile?: Service['pageFile'];
  /** What the admin calls do; absent: they are off. */
  readonly control?: ModelControl;
  /** Who may do what; absent: everybody everything, for requests of this process. */
  readonly gate?: Gate;
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
  /** Of the key that was shown. */
  readonly keyName: string | undefined;
}

type Extra = Readonly<Record<string, string>> | undefined;

/** What is replaced as one when the models change. */
interface State {
  readonly table: ModelTable;
  readonly router: Router;
  readonly metricsRouter: Router;
}

export function createHandler(options: HandlerOptions): ReplaceableHandler {
  const { spec, engine, clock, log, gate } = options;
  const cors = createCors(readOrigins(spec.cors.origins).origins);
  const allRoutes = routesOf(spec);
  const routes = routesOn('main', spec, allRoutes);
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
    const routerOf = (served: readonly Route[]) => createRouter({ routes: served, models: table, metrics });
    return { table, router: routerOf(routes), metricsRouter: routerOf(routesOn('metrics', spec, allRoutes)) };
  };
  let state = stateOf(options.models, []);
  let isDraining = false;
  let hasStarted = false;
  const service: Service = {
    spec,
    models: () => state.table,
    routes,
    pageFile: options.pageFile ?? (async () => undefined),
    control: options.control,
    gate,
    engine,
    clock,
    metrics,
    isDraining: () => isDraining,
    hasStarted: () => {
      hasStarted ||= engine.isReady();
      return hasStarted;
    },
  };
  const { bodyBytes: maxBytes } = spec.limits;
  const anyone: Admission = { maxBytes };
  const admissionOf = ({ headers }: RequestHead, keyName: string | undefined): Admission => {
    const { 'content-encoding': encoding, [HEADER_LENGTH_FIELD]: headerLength } = headers;
    if (encoding === undefined && headerLength === undefined && keyName === undefined) return anyone;
    const coding = codingOf(encoding);
    const alignAt = headerLengthOf(headerLength);
    return { maxBytes, keyName, coding: coding === 'identity' ? undefined : coding, alignAt };
  };

  const contextOf = (head: RequestHead, found: Target | NoTarget, keyName?: string): Context => {
    const requestId = requestIdOf(head.headers);
    if ('route' in found) {
      const { route, entry, metrics: counts } = found;
      const isQuiet = route.scope !== 'admin' && !route.infers;
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
        keyName,
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
      keyName,
    };
  };

  const shared = (head: RequestHead, extra: Extra): Extra =>
    cors === undefined ? extra : { ...cors.headersFor(head.headers), ...extra };

  /** Counts, logs and signs an answer. */
  const respond = (context: Context, answer: Answer, extra?: Extra, ms?: number, ran?: InferResult): Response => {
    const { head, requestId, entry, path: route, keyName } = context;
    const { status, type, body, blobs, identity = entry.identity } = answer;
    context.metrics.count(status, ms === undefined ? undefined : ms / 1000);
    // A 503 of a probe is its answer, not a failure.
    if (!context.isQuiet || (status >= 500 && status !== 503) || status === 401 || status === 403) {
      const { method } = head;
      entry.log.info('request', requestLine({ requestId, method, route, status, ms, ran, keyName }));
    }
    const traceparent = traceparentOf(head.headers);
    return {
      status,
      headers: responseHeaders({ identity, requestId, type, traceparent, extra: shared(head, extra) }),
      body,
      blobs,
      isPlain: !context.infers || status !== 200,
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
    if (length !== undefined && Number(length) > maxBytes) return tooLarge(maxBytes);
    if (codingOf(head.headers['content-encoding']) === undefined) {
      const what =
        'this Content-Encoding is not supported: send the body with gzip, with deflate (zlib format), or plain';
      return new Refusal(415, what, { headers: { 'Accept-Encoding': KNOWN_CODINGS } });
    }
    return found.route.infers ? whyBusy(engine, found.entry) : undefined;
  };

  /** The same once the body is here. What was admitted is asked no more: where the model can no longer take it, the engine says so. */
  const misgiving = (request: Request, found: Target | NoTarget): Refusal | InferError | undefined =>
    request.admission !== undefined && 'route' in found ? undefined : objection(request, found);

  const verdictOn = ({ headers, peer = HERE }: RequestHead, found: Target | NoTarget): Verdict => {
    const scope = 'route' in found ? found.route.scope : found.scope;
    return gate === undefined || scope === 'open' ? ANYONE : gate.authorize(scope, { headers, peer });
  };

  const answering = (routerNow: () => Router): Handler => ({
    admit(head) {
      const found = routerNow().find(head.method, head.target);
      const question = cors?.preflight(head);
      if (question !== undefined) return respond(contextOf(head, found), jsonAnswer(200, {}), question);
      const verdict = verdictOn(head, found);
      const { keyName } = verdict;
      try {
        const reason = verdict.isAllowed ? objection(head, found) : denial(verdict);
        return reason === undefined
          ? admissionOf(head, keyName)
          : respondError(contextOf(head, found, keyName), reason);
      } catch (error) {
        return respondError(contextOf(head, found, keyName), error);
      }
    },

    async handle(request: Request) {
      const start = clock.monotonic();
      const found = routerNow().find(request.method, request.target);
      const verdict = request.admission === undefined ? verdictOn(request, found) : ANYONE;
      const context = contextOf(request, found, request.admission?.keyName ?? verdict.keyName);
      metrics.inFlight.value++;
      try {
        const reason = verdict.isAllowed ? misgiving(request, found) : denial(verdict);
        if (reason !== undefined || !('route' in found)) throw reason;
        if (request.body.length > maxBytes) throw tooLarge(maxBytes);
        const { entry, name } = found;
        const call: Call = { request, requestId: context.requestId, entry, name, startedAt: start, ran: undefined };
        const answer = await found.route.run(service, call);
        return respond(context, answer, answer.headers, clock.monotonic() - start, call.ran);
      } catch (error) {
        return respondError(context, error, clock.monotonic() - start);
      } finally {
        metrics.inFlight.value--;
      }
    },

    refuse(head, status, message) {
      const known: RequestHead = head ?? { method: '', target: '', headers: {} };
      const context = contextOf(known, routerNow().find(known.method, known.target));
      const detail = status === 503 ? { headers: { 'Retry-After': '1' } } : {};
      return respondError(context, new Refusal(status, message || (TITLES[status] ?? 'refused'), detail));
    },

    drain() {
      isDraining = true;
    },
  });

  return {
    ...answering(() => state.router),
    metricsPort: answering(() => state.metricsRouter),
    service,
    replace(models) {
      state = stateOf(models, state.table.entries);
    },
  };
}

/** A request without a connection comes from this process. */
const HERE: Peer = { address: '127.0.0.1', certificate: 'none' };
const ANYONE: Verdict = { isAllowed: true, keyName: undefined };

function denial({ status, message, challenge }: Denied): Refusal {
  return new Refusal(status, message, { headers: { 'WWW-Authenticate': challenge } });
}

function tooLarge(limit: number): Refusal {
  return new Refusal(413, `the body is larger than ${limit} bytes (limits.bodyBytes)`);
}
