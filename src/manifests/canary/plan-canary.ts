/** A cluster's state × the objects of a service × a weight → the steps that start its canary, or change the weight or the model of one that runs. */
import { MlserveError } from '../../errors.ts';
import type { EnvironmentObjects } from '../environment-objects.ts';
import { identityText, isSameRevision, type TemplateIdentity, tellApart } from '../live/template-identity.ts';
import { canaryObjects } from './canary-objects.ts';
import { deploymentMissing, routeMissing } from './missing.ts';
import type { Plan, Step } from './plan.ts';
import { projectIdentity } from './project-identity.ts';
import { routeToApply } from './route-to-apply.ts';
import { identityOf, type TrackState } from './state.ts';
import { canaryName } from './track.ts';
import { weightOf, withCanary } from './weighted-route.ts';

/** Throws NOT_DEPLOYED, CANARY_REFUSED. */
export function planCanary(state: TrackState, objects: EnvironmentObjects, weight: number): Plan {
  const { service, stable, route } = state;
  if (stable === undefined) throw deploymentMissing(state);
  if (route === undefined) throw routeMissing(state);
  const next = projectIdentity(objects);
  if (isSameRevision(identityOf(stable), next)) throw runsAlready(state, next);
  const canary = canaryName(service);
  const [tried, others] = tellApart(next, identityOf(stable));
  if (state.isNameTaken) throw nameTaken(state, canary);
  const own = canaryObjects(objects, { weight, stablePods: stable.spec.replicas ?? 1 }).map(({ object }) => object);
  const start: readonly Step[] = [
    { kind: 'apply', says: `apply the canary ${canary}: ${tried}`, objects: own },
    { kind: 'wait', says: `wait for the pods of ${canary}`, deployment: canary, identity: next },
  ];
  const now = weightOf(route, service);
  const turn: Step = {
    kind: 'apply',
    says: `give it ${weight} % of the requests${now === undefined ? '' : `; until now: ${now} %`}`,
    objects: [routeToApply(route, (part) => withCanary(part, service, weight))],
  };
  return {
    says: `${weight} % of the requests go to ${tried}, the others to ${others}`,
    outcome: 'split',
    // Fewer requests before fewer pods, and more pods before more requests.
    steps: now !== undefined && weight < now ? [turn, ...start] : [...start, turn],
  };
}

function runsAlready({ service, namespace, canary }: TrackState, identity: TemplateIdentity): MlserveError {
  const hint =
    canary === undefined
      ? 'lock and build the version that you want to try, then start its canary'
      : 'its promotion has begun: "--promote" finishes it, "--rollback" takes it back';
  const message = `${service} already runs ${identityText(identity)}, so there is nothing to try`;
  return new MlserveError('CANARY_REFUSED', message, { where: `namespace ${namespace}`, hint });
}

function nameTaken({ namespace }: TrackState, canary: string): MlserveError {
  const hint = 'give one of the services another name or namespace';
  const message = `there is a Deployment ${canary} that is no canary of this service`;
  return new MlserveError('CANARY_REFUSED', message, { where: `namespace ${namespace}`, hint });
}
