import type { INetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy';
import { describe, expect, it } from 'vitest';
import { clientManifests } from '../../../src/manifests/client.ts';
import type { Manifest } from '../../../src/manifests/manifest.ts';
import { type DeploySpec, ENVIRONMENTS, type Environment } from '../../../src/service/deploy-spec.ts';
import type { ServiceSpec } from '../../../src/service/spec.ts';
import { schemaFindings } from '../../support/custom-resources.ts';
import { admissionFindings, type RevisionSpec } from '../../support/knative-admission.ts';
import { objectsOn, objectsWith, only, onlyManifest } from '../../support/platform-objects.ts';
import { PROJECTS, type ProjectName } from '../../support/projects.ts';

interface KnativeService {
  readonly metadata: { readonly labels: Readonly<Record<string, string>> };
  readonly spec: {
    readonly template: {
      readonly metadata: { readonly annotations: Readonly<Record<string, string>> };
      readonly spec: RevisionSpec;
    };
  };
}

interface Options {
  readonly environment?: Environment;
  readonly deploy?: Partial<DeploySpec>;
  readonly change?: (spec: ServiceSpec) => ServiceSpec;
}

const knative = (project: ProjectName, { environment = 'prod', ...rest }: Options = {}) =>
  objectsOn({ platform: 'knative', project, environment, ...rest });
const templateOf = (project: ProjectName, options: Options = {}) =>
  only<KnativeService>(knative(project, options), 'Service').spec.template;
const scaling = (project: ProjectName, options: Options = {}) => {
  const { annotations } = templateOf(project, options).metadata;
  return (name: string) => annotations[`autoscaling.knative.dev/${name}`];
};

describe.each(PROJECTS)('the Service of Knative of %s', (project) => {
  it.each(ENVIRONMENTS)(
    'passes the schema in %s, and the rules of a Knative with no feature turned on',
    (environment) => {
      const { object } = onlyManifest(knative(project, { environment }), 'Service');
      expect(schemaFindings(object)).toEqual([]);
      expect(admissionFindings(templateOf(project, { environment }).spec)).toEqual([]);
    },
  );

  it('stands for what Knative makes of it, which is written nowhere else', () => {
    const kinds = knative(project).manifests.map(({ object }) => object.kind);
    for (const made of [
      'Deployment',
      'HorizontalPodAutoscaler',
      'ScaledObject',
      'HTTPRoute',
      'Ingress',
      'ServiceMonitor',
    ]) {
      expect(kinds).not.toContain(made);
    }
  });

  it('carries the identity of the model, and runs as nobody without rights', () => {
    const { metadata, spec } = templateOf(project);
    const [container] = spec.containers;
    const variables = Object.fromEntries((container?.env ?? []).map(({ name, value }) => [name, value]));
    expect(variables.MODEL_DIGEST).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(metadata.annotations['mlserve.dev/model-digest']).toBe(variables.MODEL_DIGEST);
    expect(container?.securityContext).toMatchObject({
      ...{ runAsNonRoot: true, runAsUser: 10_001, readOnlyRootFilesystem: true, allowPrivilegeEscalation: false },
      capabilities: { drop: ['ALL'] },
      seccompProfile: { type: 'RuntimeDefault' },
    });
  });
});

describe('the rules of these tests', () => {
  it('refuse the pods of a Deployment', () => {
    const { spec } = only<{ spec: { template: { spec: RevisionSpec } } }>(
      objectsWith('guarded/wine', 'prod'),
      'Deployment',
    ).spec.template;
    expect(admissionFindings({ ...spec, containerConcurrency: 1, timeoutSeconds: 601 })).toEqual([
      'spec: terminationGracePeriodSeconds is not allowed',
      'spec: securityContext is not allowed',
      'spec: topologySpreadConstraints is not allowed',
      'spec: affinity is not allowed',
      'timeoutSeconds: 601',
      'one port',
      'port http',
      'POD_NAME: fieldRef is not allowed',
      'POD_NAMESPACE: fieldRef is not allowed',
      'NODE_NAME: fieldRef is not allowed',
      ...['startupProbe', 'readinessProbe', 'livenessProbe'].flatMap((name) => [
        `${name}: port http`,
        `${name}: HTTPS`,
      ]),
    ]);
  });
});

describe('a Service of Knative', () => {
  it('counts pods by the requests that fill the runs of a model, and is given at most twice as many at once', () => {
    expect([scaling('plain/iris')('target'), templateOf('plain/iris').spec.containerConcurrency]).toEqual(['64', 128]);
    // engine.instances: 2
    expect([scaling('several/digits')('target'), templateOf('several/digits').spec.containerConcurrency]).toEqual([
      '128',
      256,
    ]);
    const change = (spec: ServiceSpec): ServiceSpec => ({
      ...spec,
      models: spec.models.map((model) => ({ ...model, limits: { ...model.limits, queueRows: 10 } })),
    });
    expect(templateOf('plain/iris', { change }).spec.containerConcurrency).toBe(74);
    const huge = (spec: ServiceSpec): ServiceSpec => ({
      ...spec,
      models: spec.models.map((model) => ({ ...model, batching: { ...model.batching, maxRows: 5000 } })),
    });
    expect(templateOf('plain/iris', { change: huge }).spec.containerConcurrency).toBe(1000);
  });

  it('goes to no pods in dev alone', () => {
    const bounds = ENVIRONMENTS.map((environment) => {
      const value = scaling('plain/iris', { environment });
      return [value('min-scale'), value('max-scale')];
    });
    expect(bounds).toEqual([
      ['0', '1'],
      ['2', '3'],
      ['2', '10'],
    ]);
  });

  it('turns off what its proxy does, or cannot see: TLS, further ports, the wait before the end', () => {
    const config = knative('guarded/wine').manifests.find(({ file }) => file === 'config-map.yaml');
    const { data } = (config as Manifest).object as unknown as { readonly data: object };
    expect(data).toEqual({
      MLSERVE_SERVER_HOST: '0.0.0.0',
      MLSERVE_SERVER_GRPC_PORT: 'off',
      MLSERVE_TLS_MODE: 'off',
      MLSERVE_DRAIN_DELAY_MS: '0',
    });
    const { volumes } = templateOf('guarded/wine').spec;
    // Without fsGroup the files belong to root, so everybody in the container reads them.
    expect(volumes?.flatMap(({ secret }) => secret ?? [])).toEqual([
      { secretName: 'wine-quality-api-keys', defaultMode: 0o444 },
    ]);
  });

  it('lets in Knative and its gateways, on the ports of its proxy, and Prometheus', () => {
    const from = (deploy: Partial<DeploySpec>) =>
      only<INetworkPolicy>(knative('plain/iris', { deploy }), 'NetworkPolicy').spec?.ingress?.map(
        ({ from: peers, ports }) => [
          peers?.map(({ namespaceSelector }) => namespaceSelector?.matchLabels?.['kubernetes.io/metadata.name']),
          ports?.map(({ port }) => port),
        ],
      );
    expect(from({})).toEqual([
      [['knative-serving'], [8012, 8013, 8112, 9090]],
      [['monitoring'], [8080]],
    ]);
    expect(from({ gatewayNamespaces: 'kourier-system', monitor: 'off' })).toEqual([
      [
        ['knative-serving', 'kourier-system'],
        [8012, 8013, 8112, 9090],
      ],
    ]);
    const burst = (deploy: Partial<DeploySpec>) => scaling('plain/iris', { deploy })('target-burst-capacity');
    // Who is not let in must not be sent.
    expect([burst({}), burst({ gatewayNamespaces: 'kourier-system' })]).toEqual(['-1', undefined]);
  });

  it('has an address outside the cluster where that is asked for, by a DomainMapping that passes its schema', () => {
    expect(only<KnativeService>(knative('plain/iris'), 'Service').metadata.labels).toMatchObject({
      'networking.knative.dev/visibility': 'cluster-local',
    });
    expect(knative('plain/iris').manifests.map(({ file }) => file)).not.toContain('domain-mapping.yaml');
    const mapped = (['guarded/wine', 'several/digits'] as const).map((project) => {
      const { object } = onlyManifest(knative(project, { environment: 'staging' }), 'DomainMapping');
      expect(schemaFindings(object)).toEqual([]);
      return [object.metadata?.name, (object as unknown as { spec: { tls?: object } }).spec.tls];
    });
    expect(mapped).toEqual([
      ['wine-staging.example.com', undefined],
      ['digits-staging.example.com', { secretName: 'digits-ingress-tls' }],
    ]);
  });

  it('is watched under the names that Knative gives', () => {
    const objects = knative('several/digits');
    const restarts = objects.alerts.find(({ name }) => name === 'MlserveRestarts')?.expr;
    expect(restarts).toContain('pod=~"digits-[0-9]{5}-deployment-[4-9bcdf]+-[0-9a-z]{5}"');
    expect(objects.alerts.map(({ name }) => name)).not.toContain('MlserveAtMostReplicas');
    const { podMetricsEndpoints } = only<{ spec: { podMetricsEndpoints: { port: string }[] } }>(
      objects,
      'PodMonitor',
    ).spec;
    expect(podMetricsEndpoints.map(({ port }) => port)).toEqual(['user-port']);
  });

  it('is called through its gateways: a policy for callers is about those, and there is none where nobody names them', () => {
    const kinds = (deploy: Partial<DeploySpec>) =>
      clientManifests(knative('plain/iris', { deploy }).facts).map(({ object }) => object.kind);
    expect(kinds({})).toEqual(['ConfigMap']);
    expect(kinds({ gatewayNamespaces: 'kourier-system' })).toEqual(['ConfigMap', 'NetworkPolicy']);
  });
});
