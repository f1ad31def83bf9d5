/** A Deployment and the ReplicaSets of its namespace → its revisions, newest first, and the one to go back to. */
import type { LiveDeployment, LiveObject, LiveReplicaSet, PodTemplate } from './live-objects.ts';

const REVISION = 'deployment.kubernetes.io/revision';
const TEMPLATE_HASH = 'pod-template-hash';
/** On a Deployment: the templates that it was rolled back from, so that going back once more never goes forward to them. */
export const ROLLED_BACK = 'mlserve.dev/rolled-back-from';

export interface Revision {
  readonly number: number;
  /** Of the template. */
  readonly hash: string;
  readonly replicaSet: LiveReplicaSet;
}

export function revisionsOf(deployment: LiveDeployment, replicaSets: readonly LiveReplicaSet[]): readonly Revision[] {
  return replicaSets
    .filter((each) => isOwnedBy(each, deployment))
    .map((replicaSet) => ({
      number: Number(replicaSet.metadata.annotations?.[REVISION] ?? 0),
      hash: replicaSet.metadata.labels?.[TEMPLATE_HASH] ?? '',
      replicaSet,
    }))
    .sort((a, b) => b.number - a.number);
}

export function isOwnedBy({ metadata }: LiveObject, owner: LiveObject): boolean {
  const { uid } = owner.metadata;
  return uid !== undefined && (metadata.ownerReferences ?? []).some((each) => each.uid === uid);
}

/** Undefined where no other is left. */
export function previousRevision(deployment: LiveDeployment, revisions: readonly Revision[]): Revision | undefined {
  const left = leftBehind(deployment);
  return revisions.slice(1).find(({ hash }) => !left.includes(hash));
}

/** Hashes of templates. */
export function leftBehind({ metadata }: LiveDeployment): readonly string[] {
  return (metadata.annotations?.[ROLLED_BACK] ?? '').split(',').filter((hash) => hash !== '');
}

/** Without the label that the Deployment controller adds. */
export function templateOf({ replicaSet }: Revision): PodTemplate {
  const { metadata = {}, ...rest } = replicaSet.spec.template;
  const { [TEMPLATE_HASH]: _, ...labels } = metadata.labels ?? {};
  return { metadata: { ...metadata, labels }, ...rest };
}
