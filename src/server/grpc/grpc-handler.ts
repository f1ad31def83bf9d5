/** The service as it runs → the handler of gRPC calls: messages in, replies out, no sockets. */
import { toUSVString } from 'node:util';
import { InferError } from '../../engine/engine.ts';
import { explainError } from '../explain-error.ts';
import type { Service } from '../service.ts';
import { Attempt, signatureOf } from './attempt.ts';
import { grpcStatusOf } from './codes.ts';
import type { GrpcAdmission, GrpcHandler, GrpcReply } from './contract.ts';
import { servingStatus } from './health-check.ts';
import type { InferResponse } from './infer-response.ts';
import { createRecord } from './record.ts';
import { MODEL_STREAM_INFER, RPCS } from './rpcs.ts';
import { streamError, streamReply } from './stream-reply.ts';

/** Longer texts would not fit into the headers that clients accept. */
const LONGEST_DETAILS = 1000;
const OK = grpcStatusOf(200);
const ANYONE: GrpcAdmission = { denial: undefined, keyName: undefined };

export function createGrpcHandler(service: Service): GrpcHandler {
  const { metrics, clock, gate } = service;
  const rpcs = new Map(RPCS.map((rpc) => [rpc.path, rpc]));
  const record = createRecord(service);

  const fail = (attempt: Attempt, thrown: unknown, ms: number): GrpcReply => {
    const { entry, call } = attempt;
    const { path, requestId } = call;
    const error = timely(thrown, ms, call.timeoutMs);
    const { status, message, reason, logged } = explainError(error, { style: 'error', entry, requestId });
    const grpc = grpcStatusOf(status);
    if (reason !== undefined) record.rejected(attempt, reason);
    if (error instanceof InferError) entry.metrics.statistics.countFailure(ms);
    if (logged !== undefined) entry.log.error('request failed', { requestId, reason: logged });
    record.answered(attempt, grpc, ms);
    const details = toUSVString(message.slice(0, LONGEST_DETAILS));
    const bytes = path === MODEL_STREAM_INFER ? call.encode(streamError(attempt, details)) : undefined;
    return { code: grpc.code, details, bytes };
  };

  return {
    admit({ path, headers, peer }) {
      const scope = rpcs.get(path)?.scope ?? 'open';
      if (gate === undefined || scope === 'open') return ANYONE;
      const verdict = gate.authorize(scope, { headers, peer });
      const { keyName } = verdict;
      if (verdict.isAllowed) return { denial: undefined, keyName };
      return {
        denial: { code: grpcStatusOf(verdict.status).code, details: verdict.message, bytes: undefined },
        keyName,
      };
    },

    async answer(call) {
      const rpc = rpcs.get(call.path);
      if (rpc === undefined) throw new Error(`there is no call ${call.path}`);
      const start = clock.monotonic();
      const attempt = new Attempt(call, start, service.models());
      metrics.inFlight.value++;
      try {
        const message = await rpc.run(service, attempt);
        const isStream = call.path === MODEL_STREAM_INFER;
        const bytes = call.encode(isStream ? streamReply(attempt, message as InferResponse) : message);
        record.answered(attempt, OK, clock.monotonic() - start);
        return { code: 0, details: '', bytes };
      } catch (error) {
        return fail(attempt, error, clock.monotonic() - start);
      } finally {
        metrics.inFlight.value--;
      }
    },

    signature: (head) => signatureOf(head, service.models().defaultModel),
    conclude: (head, code) => record.concluded(head, code),
    servingStatus: (name) => servingStatus(service, name),
  };
}

/** A call that is cut off by its deadline looks like one that the client gave up: the time tells which it was. */
function timely(error: unknown, ms: number, timeoutMs: number | undefined): unknown {
  const isCut = error instanceof InferError && error.failure === 'cancelled';
  return isCut && timeoutMs !== undefined && ms >= timeoutMs
    ? new InferError('deadline-exceeded', 'past the deadline of the call')
    : error;
}
