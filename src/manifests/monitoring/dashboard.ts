/** A service in an environment → its Grafana dashboard, in a ConfigMap that Grafana's sidecar finds. */
import { createHash } from 'node:crypto';
import type { IConfigMap } from 'kubernetes-models/v1/ConfigMap';
import { METRICS } from '../../server/metrics-table.ts';
import type { DeploymentFacts } from '../deployment-facts.ts';
import { objectLabels } from '../identity.ts';
import type { Manifest } from '../manifest.ts';
import { nameWith } from '../names.ts';
import { scopeOf } from './alerts.ts';
import { layOut } from './panel.ts';
import { PANELS } from './panels.ts';
import { series } from './promql.ts';

const SCHEMA_VERSION = 39;

export function dashboard(facts: DeploymentFacts): Manifest {
  const { name } = facts.spec;
  const object = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name: nameWith(name, 'dashboard'),
      namespace: facts.namespace,
      labels: { ...objectLabels(facts), grafana_dashboard: '1' },
    },
    data: { [`${name}-${facts.environment}.json`]: `${JSON.stringify(dashboardModel(facts), null, 2)}\n` },
  } satisfies IConfigMap;
  return {
    file: 'dashboard.yaml',
    object,
    notes: [
      { path: ['metadata', 'labels', 'grafana_dashboard'], text: "what the sidecar of Grafana's chart looks for" },
    ],
  };
}

function dashboardModel(facts: DeploymentFacts): object {
  const { spec, environment } = facts;
  const scope = scopeOf(facts);
  const anywhere = series(METRICS.modelInfo, { namespace: '$namespace', job: '$job' });
  const uid = createHash('sha256').update(`${scope.namespace}/${scope.job}`).digest('hex').slice(0, 16);
  const fixed = (name: string, label: string, value: string) => ({
    ...{ name, label, type: 'textbox', query: value, current: { text: value, value } },
  });
  return {
    uid: `mlserve-${uid}`,
    title: `${spec.name} (${environment})`,
    description: `Predictions of ${spec.name}, written by mlserve deploy.`,
    tags: ['mlserve'],
    schemaVersion: SCHEMA_VERSION,
    editable: false,
    graphTooltip: 1,
    time: { from: 'now-3h', to: 'now' },
    refresh: '30s',
    timezone: 'browser',
    templating: {
      list: [
        { name: 'datasource', label: 'Data source', type: 'datasource', query: 'prometheus' },
        fixed('namespace', 'Namespace', scope.namespace),
        fixed('job', 'Service', scope.job),
        {
          ...{ name: 'model', label: 'Model', type: 'query', refresh: 2, sort: 1 },
          ...{ includeAll: true, multi: true, allValue: '.*', current: { text: 'All', value: '$__all' } },
          datasource: { type: 'prometheus', uid: `\${datasource}` },
          query: { query: `label_values(${anywhere}, name)`, refId: 'model' },
        },
      ],
    },
    annotations: {
      list: [
        {
          ...{
            name: 'New model',
            enable: true,
            iconColor: 'blue',
            titleFormat: '{{name}} {{version}}',
            textFormat: '{{digest}}',
          },
          datasource: { type: 'prometheus', uid: `\${datasource}` },
          expr: newModels(anywhere),
        },
      ],
    },
    panels: layOut(PANELS),
  };
}

/** Models that answer and did not five minutes ago. */
export function newModels(info: string): string {
  const by = 'count by (name, version, digest)';
  return `${by} (${info}) unless ${by} (${info} offset 5m)`;
}
