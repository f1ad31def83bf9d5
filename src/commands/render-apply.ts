/** The result of `mlserve deploy --apply` → lines for people: which pods run, and which models they serve. Pure. */
import { plural } from '../plural.ts';
import type { ApplyResult } from './apply-deployment.ts';
import { textTable } from './text-table.ts';

export function renderApply({ image, namespace, environment, context, rollout, changes }: ApplyResult): string {
  if (rollout === undefined) {
    const count = changes.filter(({ change }) => change !== 'same').length;
    const verdict = count === 0 ? 'is what the cluster has' : `would change ${plural(count, 'object')}`;
    return `${environment} in ${namespace} ${verdict} (--dry-run): the API server takes all of them`;
  }
  const { pods, seconds } = rollout;
  const rows = pods.flatMap(({ pod, models = [] }) =>
    models.map(({ name, version, digest }) => [`  ${pod}`, `${name} ${version}`, digest]),
  );
  const place = context === '' ? namespace : `${namespace} of ${context}`;
  return [
    `${plural(pods.length, 'pod')} of ${image} ready in ${place} after ${seconds} s`,
    ...textTable(rows),
    'deployed = built: every pod serves what mlserve.lock records',
  ].join('\n');
}
