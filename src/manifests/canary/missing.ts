/** What a cluster does not hold of a service → the error that says so. */
import { MlserveError } from '../../errors.ts';
import type { TrackState } from './state.ts';
import { canaryName } from './track.ts';

type Place = Pick<TrackState, 'service' | 'namespace'>;

export function deploymentMissing({ service, namespace }: Place): MlserveError {
  return missing(`there is no Deployment ${service}`, namespace, 'deploy the service first: "mlserve deploy --apply"');
}

export function routeMissing({ service, namespace }: Place): MlserveError {
  const hint = 'deploy the service with deploy.expose: gateway first: its HTTPRoute is what splits the requests';
  return missing(`there is no HTTPRoute ${service}`, namespace, hint);
}

export function canaryMissing({ service, namespace }: Place): MlserveError {
  const hint = 'start one with "mlserve deploy --canary 10 --apply"; "mlserve status --kube" shows what runs';
  return missing(`there is no canary: no Deployment ${canaryName(service)}`, namespace, hint);
}

export function revisionMissing({ service, namespace }: Place): MlserveError {
  const hint = 'deploy the version that you want from its own revision of this project: "mlserve deploy --apply"';
  return missing(`the Deployment ${service} has no earlier revision to go back to`, namespace, hint);
}

function missing(message: string, namespace: string, hint: string): MlserveError {
  return new MlserveError('NOT_DEPLOYED', message, { where: `namespace ${namespace}`, hint });
}
