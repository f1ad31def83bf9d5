/** What is observed of a rollout → why the cluster makes no pod, or has given up. */
import { type Cause, evidenceOf } from './cause.ts';
import { newPods, newReplicaSet } from './new-pods.ts';
import type { ObservedRollout } from './observed.ts';

export function creationCauses(rollout: ObservedRollout): readonly Cause[] {
  const { deployment, events } = rollout;
  const { conditions = [] } = deployment.status ?? {};
  const where = `Deployment/${deployment.metadata.name}`;
  const set = newReplicaSet(rollout);
  const failure = conditions.find(({ type, status }) => type === 'ReplicaFailure' && status === 'True');
  const tries = events.filter(
    ({ reason, involvedObject }) =>
      reason === 'FailedCreate' && set !== undefined && involvedObject.uid === set.metadata.uid,
  );
  const wanted = deployment.spec.replicas ?? 1;
  const isShort = set !== undefined && newPods(rollout).length < wanted;
  const message = failure?.message ?? tries.at(-1)?.message;
  const lateness = conditions.find(
    ({ type, reason }) => type === 'Progressing' && reason === 'ProgressDeadlineExceeded',
  );
  return [
    ...(message !== undefined && isShort ? [creation(where, message, [message, ...evidenceOf(tries)])] : []),
    ...(lateness === undefined || set === undefined
      ? []
      : [
          {
            rule: 'rollout.deadline',
            where,
            message: `it has not got on for too long: ${lateness.message ?? ''}`,
            hint: 'the pods say why; a model that loads for longer needs deploy.startupMs',
            isFinal: true,
            evidence: [`${set.metadata.uid} late`],
          },
        ]),
  ];
}

function creation(where: string, message: string, evidence: readonly string[]): Cause {
  const isQuota = message.includes('exceeded quota');
  // `maximum memory usage per Container is 256Mi, but limit is 512Mi`
  const isRange = /(m(ax|in)imum \S+ usage per|limit to request ratio per) (Container|Pod)/.test(message);
  const isSecurity = message.includes('violates PodSecurity');
  return {
    rule: isQuota ? 'rollout.quota' : 'rollout.forbidden',
    where,
    message: `the cluster makes no pod: ${message.replace(/^Error creating: /, '')}`,
    hint: isQuota
      ? 'a new pod starts beside the old ones: have the quota raised by one pod, or ask for less: deploy.memoryBytes, deploy.cpuMillicores'
      : isSecurity
        ? 'what deploy.patches changes must keep to the Pod Security level of the namespace'
        : isRange
          ? 'keep to the LimitRange of the namespace (deploy.memoryBytes, deploy.cpuMillicores), or have it changed'
          : 'ask whoever sets the rules of the namespace; what a pod lacks deploy.patches can add',
    // What is in the way does not go away while the old pods stay, and they do until the new one is ready.
    isFinal: true,
    evidence,
  };
}
