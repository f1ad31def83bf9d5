/** A service × a cluster → CANARY_REFUSED while a canary of it runs: an apply would leave the canary's pods without requests, unnoticed. */
import { MlserveError } from '../errors.ts';
import { canaryLabels, canaryName } from '../manifests/canary/track.ts';
import type { ServiceSpec } from '../service/spec.ts';
import type { ClusterWork } from './confirm-cluster.ts';

export async function refuseBesideCanary(
  { cluster, namespace }: ClusterWork,
  { name, deploy }: Pick<ServiceSpec, 'name' | 'deploy'>,
  environment: string,
): Promise<void> {
  if (deploy.expose !== 'gateway') return;
  const labels = canaryLabels(name);
  const found = await cluster.list({ apiVersion: 'apps/v1', kind: 'Deployment' }, { namespace, labels });
  if (found.length === 0) return;
  const message = `a canary runs (${canaryName(name)}), and an apply would give ${name} all requests`;
  const hint = `first "mlserve deploy --promote --env ${environment}" or "mlserve deploy --rollback --env ${environment}"`;
  throw new MlserveError('CANARY_REFUSED', message, { where: `namespace ${namespace}`, hint });
}
