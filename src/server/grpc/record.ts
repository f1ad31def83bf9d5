/** Calls as they end → what the metrics count and the log says of them, as for requests over HTTP. */
import type { InferResult } from '../../engine/engine.ts';
import type { RejectReason } from '../metrics-table.ts';
import type { ModelEntry } from '../model-entry.ts';
import { requestLine } from '../request-line.ts';
import type { Service } from '../service.ts';
import type { Attempt } from './attempt.ts';
import { type GrpcStatus, grpcStatusWithCode } from './codes.ts';
import type { GrpcHead } from './contract.ts';
import { RouteCounters } from './route-counters.ts';
import { HEALTH_WATCH, REFLECTIONS, RPCS } from './rpcs.ts';

/** Why a request for a prediction was turned away before a model was known, by gRPC status. */
const REASONS: ReadonlyMap<number, RejectReason> = new Map([
  [1, 'cancelled'],
  [3, 'bad_request'],
  [4, 'deadline'],
  [7, 'forbidden'],
  [8, 'too_large'],
  [14, 'queue_bytes'],
  [16, 'unauthorized'],
]);

export interface CallRecord {
  /** A message that was answered, or why not. */
  answered(attempt: Attempt, status: GrpcStatus, ms: number): void;
  /** A request for a prediction that was turned away. */
  rejected(attempt: Attempt, reason: RejectReason): void;
  /** A call that no message of which was answered. */
  concluded(head: GrpcHead, code: number): void;
}

interface Ended {
  readonly entry: ModelEntry;
  readonly status: GrpcStatus;
  readonly ms: number | undefined;
  readonly ran: InferResult | undefined;
  readonly keyName: string | undefined;
}

export function createRecord({ metrics, models }: Service): CallRecord {
  const rpcs = new Map(RPCS.map((rpc) => [rpc.path, rpc]));
  const paths = new Set([...rpcs.keys(), HEALTH_WATCH, ...REFLECTIONS]);
  const counters = new RouteCounters(metrics);
  const noModel = metrics.model('', '');
  const infers = (path: string): boolean => rpcs.get(path)?.infers === true;

  const log = ({ path, requestId }: GrpcHead, { entry, status, ms, ran, keyName }: Ended): void => {
    const isKnown = paths.has(path);
    // Probes that go well are not worth a line each; a 503 of a probe is its answer, not a failure.
    const isQuiet = isKnown && !infers(path) && rpcs.get(path)?.scope !== 'admin';
    const http = status.status;
    if (isQuiet && (http < 500 || http === 503) && http !== 401 && http !== 403) return;
    const route = isKnown ? path : '';
    const line = requestLine({ requestId, method: 'gRPC', route, status: http, ms, ran, keyName });
    entry.log.info('request', { ...line, grpc: status.name });
  };

  return {
    answered({ call, entry, addressed, ran }, status, ms) {
      counters.of({ addressed, entry }, call.path).count(status.status, ms / 1000);
      log(call, { entry, status, ms, ran, keyName: call.keyName });
    },

    rejected({ call, entry, addressed }, reason) {
      if (infers(call.path)) (addressed === 'found' ? entry.metrics : noModel).reject(reason);
    },

    concluded(head, code) {
      const reason = REASONS.get(code);
      if (reason !== undefined && infers(head.path)) noModel.reject(reason);
      const status = grpcStatusWithCode(code);
      counters.ofNoModel(paths.has(head.path) ? head.path : undefined).count(status.status, undefined);
      log(head, { entry: models().defaultModel, status, ms: undefined, ran: undefined, keyName: undefined });
    },
  };
}
