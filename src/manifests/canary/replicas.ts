/** The share of requests that a canary gets × the pods of the service → how many pods the canary has. */
import { plural } from '../../plural.ts';
import type { Environment } from '../../service/deploy-spec.ts';
import type { Derived } from '../numbers.ts';

/** One of two may go, with its node, without a caller noticing. */
const FEWEST = 2;

export function canaryReplicas(weight: number, stablePods: number, environment: Environment): Derived {
  const fewest = environment === 'dev' ? 1 : FEWEST;
  const value = Math.max(fewest, Math.ceil((stablePods * weight) / 100));
  const why = `${weight} % of the requests that ${plural(stablePods, 'pod')} of the service ${stablePods === 1 ? 'answers' : 'answer'}, and at least ${fewest}; no autoscaler, for the weight says its load`;
  return { value, why };
}
