/** A cluster × what is to be done to it → a line that says where, and a yes of the person, unless `--yes` gave it. */
import { MlserveError } from '../errors.ts';
import type { Cluster } from '../manifests/cluster.ts';
import type { Io } from '../ports.ts';

export interface ClusterWork {
  readonly cluster: Cluster;
  readonly namespace: string;
}

/** `context prod (https://api.example), namespace fraud` */
export function placeText({ cluster: { place }, namespace }: ClusterWork): string {
  const context = place.context === '' ? 'the cluster of this pod' : `context ${place.context}`;
  return `${context} (${place.server}), namespace ${namespace}`;
}

/** `question`: `apply 7 objects to`. Throws PROMPT_UNAVAILABLE without a terminal, and INTERRUPTED when the answer is no or Ctrl-C. */
export async function confirmCluster(
  question: string,
  work: ClusterWork,
  { yes }: { readonly yes: boolean },
  io: Pick<Io, 'prompt'>,
): Promise<void> {
  if (yes) return;
  const message = `${question} ${placeText(work)}?`;
  const isYes = await io.prompt.confirm({ message, flag: '--yes' }).catch((error: unknown) => {
    const isStopped = error instanceof MlserveError && error.code === 'INTERRUPTED';
    throw isStopped
      ? new MlserveError('INTERRUPTED', `${error.message}: nothing was changed`, { cause: error })
      : error;
  });
  if (!isYes) throw new MlserveError('INTERRUPTED', 'the answer was no: nothing was changed');
}
