/** `grpc.health.v1.Health/Check`: the name of a service → whether it serves. */
import { Refusal, shortName } from '../refusal.ts';
import type { Service } from '../service.ts';
import type { Attempt } from './attempt.ts';
import type { ServingStatus } from './contract.ts';

/** Services as health checks name them; the empty name is the server as a whole. */
const NAMES: readonly string[] = ['', 'inference.GRPCInferenceService'];

/** Undefined for a service that is not here. Serves when `/readyz` answers 200. */
export function servingStatus({ engine, isDraining }: Service, name: string): ServingStatus | undefined {
  if (!NAMES.includes(name)) return undefined;
  return engine.isReady() && !isDraining() ? 'SERVING' : 'NOT_SERVING';
}

export function healthCheck(service: Service, { call }: Attempt): object {
  const { service: name } = call.decode() as { readonly service: string };
  const status = servingStatus(service, name);
  if (status === undefined) throw new Refusal(404, `there is no service '${shortName(name)}' here`);
  return { status };
}
