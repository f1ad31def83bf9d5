import type { IContainer } from 'kubernetes-models/v1/Container';
import type { IPodSpec } from 'kubernetes-models/v1/PodSpec';
import { describe, expect, it } from 'vitest';
import { clientManifests } from '../../../src/manifests/client.ts';
import type { EnvironmentObjects } from '../../../src/manifests/environment-objects.ts';
import type { Manifest } from '../../../src/manifests/manifest.ts';
import { type DeploySpec, ENVIRONMENTS } from '../../../src/service/deploy-spec.ts';
import { schemaFindings } from '../../support/custom-resources.ts';
import { objectsOn, objectsWith, only, onlyManifest } from '../../support/platform-objects.ts';
import { PROJECTS, type ProjectName } from '../../support/projects.ts';
import { checkExpression } from '../../support/promql.ts';

interface InferenceService {
  readonly metadata: {
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations: Readonly<Record<string, string>>;
  };
  readonly spec: {
    readonly predictor: IPodSpec & {
      readonly labels: Readonly<Record<string, string>>;
      readonly annotations: Readonly<Record<string, string>>;
      readonly autoScaling?: {
        readonly metrics: readonly { readonly external?: { readonly metric: { query: string } } }[];
      };
    };
  };
}

const kserve = (project: ProjectName, deploy: Partial<DeploySpec> = {}, environment: 'dev' | 'prod' = 'prod') =>
  objectsOn({ platform: 'kserve', project, environment, deploy });
const predictorOf = (objects: EnvironmentObjects) => only<InferenceService>(objects, 'InferenceService').spec.predictor;

describe.each(PROJECTS)('the InferenceService of %s', (project) => {
  it.each(ENVIRONMENTS)('passes the schema of KServe in %s, by CPU and with KEDA', (environment) => {
    for (const autoscaler of ['hpa', 'keda'] as const) {
      const objects = objectsOn({ platform: 'kserve', project, environment, deploy: { autoscaler } });
      expect(schemaFindings(onlyManifest(objects, 'InferenceService').object)).toEqual([]);
    }
  });

  it('stands for what KServe makes of it, which is written nowhere else', () => {
    const kinds = kserve(project).manifests.map(({ object }) => object.kind);
    for (const made of ['Deployment', 'Service', 'HorizontalPodAutoscaler', 'ScaledObject']) {
      expect(kinds).not.toContain(made);
    }
    expect(kinds).toEqual(
      expect.arrayContaining(['ServiceAccount', 'ConfigMap', 'PodDisruptionBudget', 'NetworkPolicy']),
    );
  });

  it('has the pods of the Deployment, but for the names that KServe looks for', () => {
    const { labels, annotations, ...predictor } = predictorOf(kserve(project));
    const { template } = only<{ spec: { template: { metadata: object; spec: IPodSpec } } }>(
      objectsWith(project, 'prod'),
      'Deployment',
    ).spec;
    const { containers, ...pod } = template.spec;
    expect(predictor).toMatchObject(pod);
    expect({ labels, annotations: { ...annotations, 'kubectl.kubernetes.io/default-container': 'server' } }).toEqual(
      template.metadata,
    );
    const [container] = predictor.containers as readonly IContainer[];
    const [own] = containers as readonly IContainer[];
    const renamed = JSON.parse(JSON.stringify(own).replaceAll('"port":"http"', '"port":"http1"')) as IContainer;
    expect({ ...container, env: container?.env?.filter(({ name }) => name !== 'PROTOCOL') }).toEqual({
      ...renamed,
      name: 'kserve-container',
      ports: renamed.ports?.map((port) => (port.name === 'http' ? { ...port, name: 'http1' } : port)),
    });
    expect(container?.env).toContainEqual({ name: 'PROTOCOL', value: 'v2' });
  });
});

describe('an InferenceService', () => {
  it('says that KServe makes a Deployment and no route from outside', () => {
    const { metadata } = only<InferenceService>(kserve('plain/iris'), 'InferenceService');
    expect(metadata.annotations).toMatchObject({
      'serving.kserve.io/deploymentMode': 'Standard',
      'serving.kserve.io/autoscalerClass': 'hpa',
      'mlserve.dev/model-name': 'iris',
    });
    expect(metadata.labels['networking.kserve.io/visibility']).toBe('cluster-local');
  });

  it('is scaled by CPU, by the rows that wait too with KEDA, and not at all in dev', () => {
    expect(predictorOf(kserve('plain/iris'))).toMatchObject({
      ...{ minReplicas: 2, maxReplicas: 10, scaleMetric: 'cpu', scaleTarget: 70 },
    });
    const keda = predictorOf(kserve('plain/iris', { autoscaler: 'keda' }));
    checkExpression(keda.autoScaling?.metrics[1]?.external?.metric.query ?? '');
    expect(keda).not.toHaveProperty('scaleMetric');
    const dev = kserve('plain/iris', {}, 'dev');
    expect(predictorOf(dev)).toMatchObject({ minReplicas: 1, maxReplicas: 1 });
    expect(only<InferenceService>(dev, 'InferenceService').metadata.annotations).toMatchObject({
      'serving.kserve.io/autoscalerClass': 'none',
    });
  });

  it('is called, routed to and watched under the names that KServe gives', () => {
    const objects = kserve('guarded/wine');
    const { rules } = only<{ spec: { rules: { backendRefs: object[] }[] } }>(objects, 'HTTPRoute').spec;
    expect(rules[0]?.backendRefs).toMatchObject([{ name: 'wine-quality-predictor', port: 80, weight: 100 }]);
    const [config] = clientManifests(objects.facts) as readonly [Manifest];
    expect((config.object as unknown as { data: object }).data).toMatchObject({
      WINE_QUALITY_URL: 'https://wine-quality-predictor.wine.svc:80',
    });
    const alert = (name: string) => objects.alerts.find((each) => each.name === name)?.expr;
    expect(alert('MlserveRestarts')).toContain('pod=~"wine-quality-predictor-[4-9bcdf]+-[0-9a-z]{5}"');
    expect(alert('MlserveRestarts')).toContain('container="kserve-container"');
    expect(alert('MlserveAtMostReplicas')).toContain('horizontalpodautoscaler="wine-quality-predictor"');
    const { ingress } = only<{ spec: { ingress: { ports: { port: string }[] }[] } }>(objects, 'NetworkPolicy').spec;
    expect(ingress[0]?.ports.map(({ port }) => port)).toEqual(['http1', 'grpc']);
  });
});
