/** A cluster's state × the objects of a service → the steps after which all requests go to what its canary was. */
import { MlserveError } from '../../errors.ts';
import type { EnvironmentObjects } from '../environment-objects.ts';
import { withHashedConfig } from '../hash-config.ts';
import { identityText, isSameRevision } from '../live/template-identity.ts';
import { canaryMissing } from './missing.ts';
import type { Plan } from './plan.ts';
import { projectIdentity } from './project-identity.ts';
import { removal } from './removal.ts';
import { identityOf, isRolledOut, type TrackState } from './state.ts';
import { canaryName } from './track.ts';

/** The canary keeps its part of the requests until the pods of the service are new. Throws NOT_DEPLOYED, CANARY_REFUSED. */
export function planPromotion(state: TrackState, objects: EnvironmentObjects): Plan {
  const { service, canary } = state;
  if (canary === undefined) throw canaryMissing(state);
  const tried = identityOf(canary);
  const next = projectIdentity(objects);
  if (!isSameRevision(tried, next)) {
    throw refused(state, `the canary is ${identityText(tried)}, and this project is ${identityText(next)}`, {
      hint: 'promote from the revision of the project (and with the image) that the canary was made of, so that what was tried is what runs',
    });
  }
  if (!isRolledOut(canary)) {
    throw refused(state, `the pods of ${canaryName(service)} are not all ready`, {
      hint: '"mlserve status --kube" shows them; wait for them, or take the canary back with "--rollback"',
    });
  }
  const all = withHashedConfig(objects.manifests, service).map(({ object }) => object);
  const routes = all.filter(({ kind }) => kind === 'HTTPRoute');
  return {
    says: `all requests go to ${identityText(next)}`,
    outcome: 'service',
    steps: [
      {
        kind: 'apply',
        says: `apply ${service}: ${identityText(next)}`,
        objects: all.filter((each) => !routes.includes(each)),
      },
      { kind: 'wait', says: `wait for the pods of ${service}`, deployment: service, identity: next },
      { kind: 'apply', says: `give ${service} all requests`, objects: routes },
      removal(state),
    ],
  };
}

function refused({ namespace }: TrackState, message: string, { hint }: { readonly hint: string }): MlserveError {
  return new MlserveError('CANARY_REFUSED', message, { where: `namespace ${namespace}`, hint });
}
