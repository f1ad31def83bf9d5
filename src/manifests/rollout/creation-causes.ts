/** What is observed of a rollout → why the cluster makes no pod, or has given up. */
import type { Cause } from './causes.ts';
import { newPods, newReplicaSet } from './new-pods.ts';
import type { ObservedRollout } from './observed.ts';

export function creationCauses(rollout: ObservedRollout): readonly Cause[] {
  const { deployment, events } = rollout;
  const { conditions = [] } = deployment.status ?? {};
  const where = `Deployment/${deployment.metadata.name}`;
  const set = newReplicaSet(rollout);
  const failure = conditions.find(({ type, status }) => type === 'ReplicaFailure' && status === 'True');
  const event = events.findLast(
    ({ reason, involvedObject }) =>
      reason === 'FailedCreate' && set !== undefined && involvedObject.uid === set.metadata.uid,
  );
  const wanted = deployment.spec.replicas ?? 1;
  const isShort = set !== undefined && newPods(rollout).length < wanted;
  const message = failure?.message ?? event?.message;
  const lateness = conditions.find(
    ({ type, reason }) => type === 'Progressing' && reason === 'ProgressDeadlineExceeded',
  );
  return [
    ...(message !== undefined && isShort ? [creation(where, message)] : []),
    ...(lateness === undefined || set === undefined
      ? []
      : [
          {
            rule: 'rollout.deadline',
            where,
            message: `it has not got on for too long: ${lateness.message ?? ''}`,
            hint: 'the pods say why; a model that loads for longer needs deploy.startupMs',
            isFinal: true,
          },
        ]),
  ];
}

function creation(where: string, message: string): Cause {
  const isQuota = message.includes('exceeded quota');
  const isSecurity = message.includes('violates PodSecurity');
  return {
    rule: isQuota ? 'rollout.quota' : 'rollout.forbidden',
    where,
    message: `the cluster makes no pod: ${message.replace(/^Error creating: /, '')}`,
    hint: isQuota
      ? 'a new pod starts beside the old ones: have the quota raised by one pod, or ask for less: deploy.memoryBytes, deploy.cpuMillicores'
      : isSecurity
        ? 'what deploy.patches changes must keep to the Pod Security level of the namespace'
        : 'ask whoever sets the rules of the namespace',
    // What is in the way does not go away while the old pods stay, and they do until the new one is ready.
    isFinal: true,
  };
}
