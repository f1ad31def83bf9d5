import { describe, expect, it } from 'vitest';
import { checkDeploy } from '../../../src/manifests/check-deploy.ts';
import { ENVIRONMENTS } from '../../../src/service/deploy-spec.ts';
import { schemaFindings } from '../../support/custom-resources.ts';
import { objectsWith, only, onlyManifest } from '../../support/platform-objects.ts';
import { PROJECTS } from '../../support/projects.ts';
import { checkExpression, selectorsOf } from '../../support/promql.ts';

interface ScaledObject {
  readonly metadata: { readonly annotations: Readonly<Record<string, string>> };
  readonly spec: {
    readonly scaleTargetRef: object;
    readonly minReplicaCount: number;
    readonly maxReplicaCount: number;
    readonly fallback: { readonly replicas: number };
    readonly advanced: { readonly horizontalPodAutoscalerConfig: { readonly name: string } };
    readonly triggers: readonly { readonly type: string; readonly metadata: Readonly<Record<string, string>> }[];
  };
}

const KEDA = { autoscaler: 'keda' } as const;

describe.each(PROJECTS)('the ScaledObject of %s', (project) => {
  it('passes the schema of KEDA, in each environment but dev, which has one pod', () => {
    for (const environment of ENVIRONMENTS) {
      const objects = objectsWith(project, environment, KEDA);
      const kinds = objects.manifests.map(({ object }) => object.kind);
      expect(kinds).not.toContain('HorizontalPodAutoscaler');
      if (environment === 'dev') expect(kinds).not.toContain('ScaledObject');
      else expect(schemaFindings(onlyManifest(objects, 'ScaledObject').object)).toEqual([]);
    }
  });

  it('asks for what the server measures, of its own pods alone', () => {
    const objects = objectsWith(project, 'staging', KEDA);
    const { spec } = only<ScaledObject>(objects, 'ScaledObject');
    const query = spec.triggers[1]?.metadata.query ?? '';
    checkExpression(query);
    expect(selectorsOf(query).map(({ metric }) => metric)).toEqual(['mlserve_queue_rows', 'mlserve_queue_limit_rows']);
    for (const { labels } of selectorsOf(query)) expect(labels).toEqual(['namespace', 'job']);
    expect(query).toContain(`namespace="${objects.facts.namespace}", job="${objects.facts.spec.name}"`);
  });
});

describe('a ScaledObject', () => {
  const found = (deploy = {}) =>
    only<ScaledObject>(objectsWith('plain/iris', 'prod', { ...KEDA, ...deploy }), 'ScaledObject');

  it('scales what makes the pods, within the bounds of the environment, and keeps the name of the autoscaler', () => {
    const { spec, metadata } = found({ minReplicas: 3, maxReplicas: 8, cpuTarget: 60 });
    expect(spec).toMatchObject({
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'iris' },
      ...{ minReplicaCount: 3, maxReplicaCount: 8 },
      fallback: { replicas: 3 },
      advanced: { horizontalPodAutoscalerConfig: { name: 'iris' } },
    });
    expect(spec.triggers.map(({ type, metadata: { value, threshold } }) => [type, value ?? threshold])).toEqual([
      ['cpu', '60'],
      ['prometheus', '0.5'],
    ]);
    expect(metadata.annotations['scaledobject.keda.sh/transfer-hpa-ownership']).toBe('true');
  });

  it('asks the Prometheus of the operator, or the one that is named', () => {
    const address = (deploy = {}) => found(deploy).spec.triggers[1]?.metadata.serverAddress;
    expect(address({ monitoringNamespace: 'observe' })).toBe('http://prometheus-operated.observe.svc:9090');
    expect(address({ prometheusUrl: 'https://prometheus.example.com/team' })).toBe(
      'https://prometheus.example.com/team',
    );
  });

  it('needs a monitor, for without one nobody knows the labels of the series', () => {
    const issuesOf = (deploy: object) => {
      const { spec } = objectsWith('plain/iris', 'prod', deploy).facts;
      return checkDeploy(spec, ['iris'], ['prod']).map(({ where }) => where);
    };
    expect(issuesOf({ ...KEDA, monitor: 'off' })).toEqual(['deploy.autoscaler']);
    expect(issuesOf({ ...KEDA, monitor: 'annotations' })).toEqual(['deploy.autoscaler']);
    expect(issuesOf({ ...KEDA, monitor: 'service' })).toEqual([]);
    expect(issuesOf({ ...KEDA, prometheusUrl: 'prometheus:9090' })).toEqual(['deploy.prometheusUrl']);
  });
});
