/** `mlserve deploy --diff`: the objects of one environment × a cluster → what an apply would change there, and nothing is changed. */
import type { Io } from '../ports.ts';
import { type ApplyFacts, applyFacts, type PrepareOptions, prepareApply } from './prepare-apply.ts';
import { changeLines } from './render-changes.ts';

export async function diffDeployment(options: PrepareOptions, io: Io): Promise<ApplyFacts> {
  return applyFacts(await prepareApply(options, io));
}

export function renderDiff({ changes, skipped, environment, namespace }: ApplyFacts): string {
  const isSame = changes.every(({ change }) => change === 'same');
  const verdict = isSame ? 'is what the cluster has' : 'would change as above (--diff)';
  return [...changeLines({ changes, skipped }, true), `${environment} in ${namespace} ${verdict}`].join('\n');
}
