/** A cluster's state → the steps that take its canary back; without one, those that bring back the revision before. */
import { MlserveError } from '../../errors.ts';
import { FIELD_MANAGER } from '../field-manager.ts';
import { backTo } from '../live/back-to.ts';
import type { LiveDeployment } from '../live/live-objects.ts';
import { leftBehind, previousRevision, revisionsOf, templateOf } from '../live/revisions.ts';
import { identityText, tellApart, templateIdentity } from '../live/template-identity.ts';
import { deploymentMissing, revisionMissing } from './missing.ts';
import type { Plan, Step } from './plan.ts';
import { removal } from './removal.ts';
import { routeToApply } from './route-to-apply.ts';
import { identityOf, isPromoted, isRolledOut, type TrackState } from './state.ts';
import { weightOf, withoutCanary } from './weighted-route.ts';

/** Throws NOT_DEPLOYED. */
export function planRollback(state: TrackState): Plan {
  const { service, stable, route, canaryParts } = state;
  if (stable === undefined) throw deploymentMissing(state);
  const isSplit = weightOf(route, service) !== undefined;
  if (!isSplit && canaryParts.length === 0) return goBack(state, stable);
  // A promotion that has begun: the service itself is on its way to what the canary is.
  const back = isPromoted(state) ? goBack(state, stable) : undefined;
  const turn: readonly Step[] =
    route === undefined || !isSplit
      ? []
      : [
          {
            kind: 'apply',
            says: `give ${service} all requests`,
            objects: [routeToApply(route, (part) => withoutCanary(part, service))],
          },
        ];
  return {
    says: back?.says ?? `all requests go to ${identityText(identityOf(stable))}, and the canary is removed`,
    outcome: back?.outcome ?? 'service',
    steps: [...turn, ...(back?.steps ?? []), ...(canaryParts.length === 0 ? [] : [removal(state)])],
  };
}

function goBack(state: TrackState, stable: LiveDeployment): Plan {
  const { service, namespace } = state;
  const { generation = 0 } = stable.metadata;
  if ((stable.status?.observedGeneration ?? 0) < generation) {
    const hint = 'try again in a few seconds';
    const message = `Kubernetes has not yet seen the last change to the Deployment ${service}`;
    throw new MlserveError('NOT_DEPLOYED', message, { where: `namespace ${namespace}`, hint });
  }
  const wait = (deployment: string, identity: ReturnType<typeof identityOf>): Step => ({
    kind: 'wait',
    says: `wait for the pods of ${deployment}`,
    deployment,
    identity,
  });
  // A rollback that was interrupted goes on; it does not go further back.
  if (leftBehind(stable).length > 0 && !isRolledOut(stable)) {
    const identity = identityOf(stable);
    return {
      says: `${service} goes on back to ${identityText(identity)}`,
      outcome: 'earlier',
      steps: [wait(service, identity)],
    };
  }
  const revisions = revisionsOf(stable, state.replicaSets);
  const [current] = revisions;
  const to = previousRevision(stable, revisions);
  if (current === undefined || to === undefined) throw revisionMissing(state);
  const identity = templateIdentity(templateOf(to));
  const [from, back] = tellApart(identityOf(stable), identity);
  return {
    says: `${service} goes back from ${from} to ${back}`,
    outcome: 'earlier',
    steps: [
      {
        kind: 'apply',
        says: `apply revision ${to.number} of ${service}: ${back}`,
        objects: [backTo(stable, { to, current, manager: FIELD_MANAGER })],
      },
      wait(service, identity),
    ],
  };
}
