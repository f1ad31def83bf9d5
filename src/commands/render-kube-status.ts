/** What runs of a service in a cluster → a table for people: a line for each track and revision. Pure. */
import { renderIssues } from '../issue.ts';
import { shortDigest } from '../manifests/names.ts';
import type { KubeStatusResult } from './kube-status.ts';
import { textTable } from './text-table.ts';

const HEAD = ['TRACK', 'VERSION', 'MODEL', 'DIGEST', 'READY', 'REQUESTS', 'RESTARTS', 'AGE'];

/** A revision has a line for each of its models. */
export function renderKubeStatus(result: KubeStatusResult): string {
  const { service, context, namespace, weight, revisions, issues, readAt } = result;
  const rows = revisions.flatMap(({ track, version, models, ready, wanted, restarts, since }, at) => {
    const isNewest = revisions.findIndex((each) => each.track === track) === at;
    const part = track === 'canary' ? (weight ?? 0) : 100 - (weight ?? 0);
    const age = since === undefined ? '-' : ageText(readAt - Date.parse(since));
    const [first, ...others] = models.map(({ name, version: own, digest }) => [`${name} ${own}`, shortDigest(digest)]);
    return [
      ...[
        [
          track,
          version,
          ...(first ?? ['-', '-']),
          `${ready}/${wanted}`,
          isNewest ? `${part} %` : '',
          String(restarts),
          age,
        ],
      ],
      ...others.map((model) => ['', '', ...model, '', '', '', '']),
    ];
  });
  const place = context === '' ? 'the cluster of this pod' : context;
  return [
    `${service} in ${place}, namespace ${namespace}`,
    ...textTable([HEAD, ...rows]).map((line) => `  ${line}`),
    ...(issues.length === 0 ? [] : [renderIssues(issues)]),
  ].join('\n');
}

/** As kubectl writes it: `45s`, `12m`, `3h`, `5d`. */
function ageText(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  if (seconds < 120) return `${seconds}s`;
  if (seconds < 2 * 3600) return `${Math.floor(seconds / 60)}m`;
  return seconds < 48 * 3600 ? `${Math.floor(seconds / 3600)}h` : `${Math.floor(seconds / 86_400)}d`;
}
