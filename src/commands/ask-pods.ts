/** Pods that are ready → what each says that it serves, asked through the API server. */
import { setTimeout as pause } from 'node:timers/promises';
import { MlserveError } from '../errors.ts';
import type { PodQuestion } from '../manifests/cluster.ts';
import { portsOf } from '../manifests/config-map.ts';
import type { DeploymentFacts } from '../manifests/deployment-facts.ts';
import type { PodAnswer, ServedModel } from '../manifests/rollout/compare-digests.ts';
import type { ClusterWork } from './confirm-cluster.ts';
import { inGroups } from './in-groups.ts';
import { readReadiness } from './read-readiness.ts';

/** A pod that has just become ready may not be known everywhere. */
const ATTEMPTS = 3;
const PAUSE_MS = 500;
/** Each question is a process of kubectl. */
const AT_ONCE = 8;

/** `/readyz` is open to everybody, names every model, and needs no key. */
export async function askPods(
  { cluster, namespace }: ClusterWork,
  facts: Pick<DeploymentFacts, 'spec'>,
  pods: readonly string[],
): Promise<readonly PodAnswer[]> {
  const isTls = facts.spec.tls.cert !== '';
  const { http: port } = portsOf(facts);
  const ask = async (pod: string): Promise<PodAnswer> => {
    const question: PodQuestion = { namespace, pod, port, isTls, path: '/readyz' };
    let reason = '';
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      try {
        const readiness = readReadiness(await cluster.askPod(question));
        if (readiness !== undefined) return { pod, models: readiness.models.map(served) };
        return { pod, models: undefined, reason: `what answers at port ${port} is no service of mlserve` };
      } catch (error) {
        if (!(error instanceof MlserveError)) throw error;
        reason = error.message;
      }
      if (attempt < ATTEMPTS) await pause(PAUSE_MS);
    }
    return { pod, models: undefined, reason };
  };
  return inGroups(AT_ONCE, pods, ask);
}

/** Its state is that of a moment. */
function served({ name, version, digest }: ServedModel): ServedModel {
  return { name, version, digest };
}
