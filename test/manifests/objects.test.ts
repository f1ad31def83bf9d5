/** What every object must be, over the fixture projects and environments; validated by the schemas of Kubernetes. */
import { PodMonitor } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PodMonitor';
import { PrometheusRule } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PrometheusRule';
import { ServiceMonitor } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/ServiceMonitor';
import { Deployment, type IDeployment } from 'kubernetes-models/apps/v1/Deployment';
import { HorizontalPodAutoscaler } from 'kubernetes-models/autoscaling/v2/HorizontalPodAutoscaler';
import { Ingress } from 'kubernetes-models/networking.k8s.io/v1/Ingress';
import { type INetworkPolicy, NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy';
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1/PodDisruptionBudget';
import { ConfigMap, type IConfigMap } from 'kubernetes-models/v1/ConfigMap';
import { Namespace } from 'kubernetes-models/v1/Namespace';
import { type IService, Service } from 'kubernetes-models/v1/Service';
import { ServiceAccount } from 'kubernetes-models/v1/ServiceAccount';
import { describe, expect, it } from 'vitest';
import { clientManifests } from '../../src/manifests/client.ts';
import { kustomizeHash } from '../../src/manifests/config-map.ts';
import { namespaceOf } from '../../src/manifests/deployment-facts.ts';
import { type EnvironmentObjects, environmentObjects } from '../../src/manifests/environment-objects.ts';
import { withHashedConfig } from '../../src/manifests/hash-config.ts';
import type { KubernetesObject, Manifest } from '../../src/manifests/manifest.ts';
import { namespaceManifest } from '../../src/manifests/namespace.ts';
import { ENVIRONMENTS, type Environment } from '../../src/service/deploy-spec.ts';
import type { ServiceSpec } from '../../src/service/spec.ts';
import { PROJECTS, type ProjectName, projectFacts } from '../support/projects.ts';

interface Validated {
  validate(): void;
}
const CLASSES: Readonly<Record<string, new (data: never) => Validated>> = {
  ...{ ConfigMap, Deployment, HorizontalPodAutoscaler, Ingress, Namespace, NetworkPolicy, PodDisruptionBudget },
  ...{ PodMonitor, PrometheusRule, Service, ServiceAccount, ServiceMonitor },
};

const facts = new Map(await Promise.all(PROJECTS.map(async (name) => [name, await projectFacts(name)] as const)));

function objectsOf(
  project: ProjectName,
  environment: Environment = 'prod',
  change: (spec: ServiceSpec) => ServiceSpec = (spec) => spec,
): EnvironmentObjects {
  const found = facts.get(project);
  if (found === undefined) throw new Error(project);
  const spec = change(found.spec);
  const namespace = namespaceOf(environment, spec.deploy.namespace || spec.name);
  return environmentObjects({ ...found, spec, environment, namespace });
}

function only<T extends object>({ manifests }: Pick<EnvironmentObjects, 'manifests'>, kind: string): T {
  const found = manifests.filter(({ object }) => object.kind === kind);
  if (found.length === 0) throw new Error(`no ${kind}`);
  return (found[0] as Manifest).object as unknown as T;
}

const podOf = (objects: EnvironmentObjects) => {
  const { spec } = only<IDeployment>(objects, 'Deployment');
  const pod = spec?.template.spec;
  const [container] = pod?.containers ?? [];
  if (pod === undefined || container === undefined) throw new Error('no pod');
  return { pod, container, metadata: spec?.template.metadata };
};

const EACH = PROJECTS.flatMap((project) => ENVIRONMENTS.map((environment) => ({ project, environment })));

describe.each(EACH)('$project in $environment', ({ project, environment }) => {
  const objects = objectsOf(project, environment);
  const { facts: own, manifests } = objects;
  const everything: readonly KubernetesObject[] = [
    ...manifests,
    ...clientManifests(own),
    namespaceManifest(own.namespace),
  ].map(({ object }) => object);

  it('is valid by the schemas of Kubernetes', () => {
    for (const object of everything) {
      const Class = CLASSES[object.kind];
      if (object.kind === 'HTTPRoute') continue;
      if (Class === undefined) throw new Error(`no schema for ${object.kind}`);
      expect(() => new Class(object as never).validate(), object.kind).not.toThrow();
    }
  });

  it('has an explicit namespace on every object, and legal names and labels', () => {
    for (const { object } of manifests) {
      expect(object.metadata?.namespace).toBe(own.namespace);
      expect(object.metadata?.name).toMatch(/^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/);
      for (const [key, value] of Object.entries(object.metadata?.labels ?? {})) {
        expect(key).toMatch(/^([a-z0-9.-]{1,253}\/)?[A-Za-z0-9][-A-Za-z0-9_.]{0,62}$/);
        expect(value).toMatch(/^(([A-Za-z0-9][-A-Za-z0-9_.]{0,61})?[A-Za-z0-9])?$/);
      }
    }
  });

  it('carries the identity of the model on the template of the pods and in their variables', () => {
    const { container, metadata } = podOf(objects);
    const [first] = own.spec.models;
    const locked = own.lock.models.find(({ name, version }) => name === first?.name && version === first.version);
    expect(metadata?.annotations).toMatchObject({
      'mlserve.dev/model-name': locked?.name,
      'mlserve.dev/model-version': locked?.version,
      'mlserve.dev/model-digest': locked?.digests.model,
      'mlserve.dev/signature-digest': locked?.digests.signature,
      'mlserve.dev/lock-digest': own.lockDigest,
    });
    const values = Object.fromEntries((container.env ?? []).map(({ name, value }) => [name, value]));
    expect(values).toMatchObject({
      MODEL_NAME: locked?.name,
      MODEL_VERSION: locked?.version,
      MODEL_DIGEST: locked?.digests.model,
    });
    expect(container.image).toBe(`${own.image.name}:${own.image.tag}@${own.image.digest}`);
  });

  it('passes the level "restricted" of Pod Security, without a token, as nobody, with a read-only root', () => {
    const { pod, container } = podOf(objects);
    expect(pod).toMatchObject({
      automountServiceAccountToken: false,
      securityContext: { runAsNonRoot: true, runAsUser: 10_001, seccompProfile: { type: 'RuntimeDefault' } },
    });
    expect(container.securityContext).toMatchObject({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      runAsNonRoot: true,
      capabilities: { drop: ['ALL'] },
    });
    expect([pod.hostNetwork, pod.hostPID, pod.hostIPC]).toEqual([undefined, undefined, undefined]);
    for (const volume of pod.volumes ?? [])
      expect(Object.keys(volume)).toContainEqual(expect.stringMatching(/^(emptyDir|secret)$/));
  });

  it('never changes its selector with the version', () => {
    const { spec } = only<IDeployment>(objects, 'Deployment');
    const { name } = own.spec;
    expect(spec?.selector).toEqual({
      matchLabels: { 'app.kubernetes.io/name': name, 'app.kubernetes.io/instance': name },
    });
    const labels = spec?.template.metadata?.labels ?? {};
    for (const [key, value] of Object.entries(spec?.selector.matchLabels ?? {})) expect(labels[key]).toBe(value);
  });

  it('asks three different paths, and gives time to load and to stop', () => {
    const { pod, container } = podOf(objects);
    const probes = [container.startupProbe, container.readinessProbe, container.livenessProbe];
    expect(probes.map((probe) => probe?.httpGet?.path)).toEqual(['/startupz', '/readyz', '/livez']);
    const { delayMs, timeoutMs } = own.spec.drain;
    expect(pod.terminationGracePeriodSeconds).toBeGreaterThanOrEqual(((delayMs || 10_000) + timeoutMs) / 1000 + 3);
    const budget = (container.startupProbe?.periodSeconds ?? 0) * (container.startupProbe?.failureThreshold ?? 0);
    expect(only<IDeployment>(objects, 'Deployment').spec?.progressDeadlineSeconds).toBeGreaterThan(budget);
  });

  it('lets in who is named and nobody else, and out to names alone', () => {
    const { spec } = only<INetworkPolicy>(objects, 'NetworkPolicy');
    expect(spec?.policyTypes).toEqual(['Ingress', 'Egress']);
    expect(Object.keys(spec?.podSelector?.matchLabels ?? {})).toEqual(['app.kubernetes.io/instance']);
    for (const rule of spec?.ingress ?? []) {
      expect(rule.from?.length).toBeGreaterThan(0);
      for (const peer of rule.from ?? []) expect(Object.keys(peer).length).toBeGreaterThan(0);
    }
    expect(spec?.egress?.flatMap(({ ports = [] }) => ports.map(({ port }) => port))).toEqual([53, 53]);
  });

  it('names variables so that no checker takes them for secrets', () => {
    const { container } = podOf(objects);
    for (const { name } of container.env ?? []) expect(name).not.toMatch(/password|token|secret|bearer/i);
    for (const name of Object.keys(only<IConfigMap>(objects, 'ConfigMap').data ?? {})) {
      expect(name).not.toMatch(/password|token|secret|bearer|key/i);
    }
  });

  it('leaves the number of pods to the autoscaler, where there is one', () => {
    const { spec } = only<IDeployment>(objects, 'Deployment');
    const kinds = manifests.map(({ object }) => object.kind);
    expect(spec?.replicas).toBe(environment === 'dev' ? 1 : undefined);
    expect(kinds.includes('HorizontalPodAutoscaler')).toBe(environment !== 'dev');
    expect(kinds.includes('PodDisruptionBudget')).toBe(environment !== 'dev');
  });

  it('gives the reason of every number', () => {
    const found = manifests.find(({ object }) => object.kind === 'Deployment');
    const noted = (found?.notes ?? []).map(({ path }) => path.filter((part) => typeof part === 'string').join('.'));
    for (const path of ['requests.cpu', 'requests.memory', 'startupProbe', 'terminationGracePeriodSeconds']) {
      expect(
        noted.some((one) => one.endsWith(path)),
        path,
      ).toBe(true);
    }
  });
});

describe('a new model', () => {
  it('alone changes the template of the pods, and so is a rollout', () => {
    const before = podOf(objectsOf('plain/iris'));
    const iris = facts.get('plain/iris');
    if (iris === undefined) throw new Error();
    const [model] = iris.lock.models;
    if (model === undefined) throw new Error();
    const digests = { ...model.digests, model: `sha256:${'7'.repeat(64)}` as const };
    const after = environmentObjects({
      ...iris,
      environment: 'prod',
      namespace: 'iris',
      lock: { ...iris.lock, models: [{ ...model, digests }] },
    });
    expect(podOf(after).metadata).not.toEqual(before.metadata);
  });
});

describe('the ConfigMap', () => {
  it('has the suffix that kustomize gives', () => {
    // Made by "kubectl kustomize" 1.36 with a configMapGenerator of this content.
    const data = {
      MLSERVE_SERVER_HOST: '0.0.0.0',
      MLSERVE_SERVER_METRICS_PORT: '9090',
      MLSERVE_DRAIN_DELAY_MS: '10000',
    };
    expect(kustomizeHash(data)).toBe('ckgd254484');
    expect(kustomizeHash({ A: '<&>' })).not.toBe(kustomizeHash({ A: '<>' }));
  });

  it('has another name when a setting is another one, and the pods name it', () => {
    const names = [10, 20].map((delayMs) => {
      const objects = objectsOf('plain/iris', 'prod', (spec) => ({
        ...spec,
        drain: { ...spec.drain, delayMs: delayMs === 10 ? 0 : 1 },
      }));
      const manifests = withHashedConfig(objects.manifests, 'iris');
      const config = only<IConfigMap>({ manifests }, 'ConfigMap');
      const { container } = podOf({ ...objects, manifests });
      expect(container.envFrom).toEqual([{ configMapRef: { name: config.metadata?.name } }]);
      expect(config.immutable).toBe(true);
      return config.metadata?.name;
    });
    expect(new Set(names).size).toBe(2);
  });

  it('moves ports that the user of the pods may not open on every node', () => {
    const objects = objectsOf('plain/iris', 'prod', (spec) => ({
      ...spec,
      server: { ...spec.server, host: '0.0.0.0', port: 80, grpcPort: 443, metricsPort: 81 },
      drain: { ...spec.drain, delayMs: 3000 },
    }));
    const { data } = only<IConfigMap>(objects, 'ConfigMap');
    expect(data).toEqual({
      ...{ MLSERVE_SERVER_PORT: '8080', MLSERVE_SERVER_GRPC_PORT: '8081', MLSERVE_SERVER_METRICS_PORT: '9090' },
    });
    expect(podOf(objects).container.ports?.map(({ containerPort }) => containerPort)).toEqual([8080, 8081, 9090]);
  });

  it('leaves alone what the file says itself', () => {
    const { data } = only<IConfigMap>(
      objectsOf('plain/iris', 'prod', (spec) => ({
        ...spec,
        server: { ...spec.server, host: '0.0.0.0', metricsPort: 9100 },
        drain: { ...spec.drain, delayMs: 3000 },
      })),
      'ConfigMap',
    );
    expect(data).toEqual({});
  });
});

describe('access', () => {
  it('by keys and TLS mounts Secrets that are named and never written', () => {
    const objects = objectsOf('guarded/wine');
    const { pod, container } = podOf(objects);
    expect(pod.volumes?.flatMap(({ secret }) => secret?.secretName ?? [])).toEqual([
      'wine-quality-api-keys',
      'wine-quality-tls',
    ]);
    const paths = (container.env ?? [])
      .filter(({ name }) => /KEYS_FILE|TLS/.test(name))
      .map(({ value }) => value ?? '');
    const mounts = (container.volumeMounts ?? []).map(({ mountPath }) => `${mountPath}/`);
    for (const path of paths)
      expect(
        mounts.some((mount) => path.startsWith(mount)),
        path,
      ).toBe(true);
    expect(paths.length).toBe(3);
    expect(container.readinessProbe?.httpGet?.scheme).toBe('HTTPS');
    expect(only<IService>(objects, 'Service').spec?.ports?.map(({ name, port }) => [name, port])).toEqual([
      ['http', 443],
      ['grpc', 8081],
      ['metrics', 9090],
    ]);
    expect(objects.manifests.map(({ object }) => object.kind)).not.toContain('Secret');
  });
});

describe('requests from outside', () => {
  it('have references as the API server completes them: another manager that writes the same is no conflict', () => {
    const objects = objectsOf('guarded/wine');
    const fields = podOf(objects).container.env?.flatMap(({ valueFrom }) => valueFrom?.fieldRef ?? []) ?? [];
    expect(fields.map(({ apiVersion }) => apiVersion)).toEqual(['v1', 'v1', 'v1']);
    expect(only<object>(objects, 'HTTPRoute')).toMatchObject({
      spec: {
        parentRefs: [{ group: 'gateway.networking.k8s.io', kind: 'Gateway' }],
        rules: [{ backendRefs: [{ group: '', kind: 'Service' }] }],
      },
    });
  });

  it('come by an HTTPRoute with the host of the environment', () => {
    const hosts = ENVIRONMENTS.map(
      (environment) =>
        only<{ spec: { hostnames: string[] } }>(objectsOf('guarded/wine', environment), 'HTTPRoute').spec.hostnames[0],
    );
    expect(hosts).toEqual(['wine-dev.example.com', 'wine-staging.example.com', 'wine.example.com']);
  });

  it('come by an Ingress with TLS where that is asked for, and not at all by default', () => {
    expect(objectsOf('several/digits').manifests.map(({ file }) => file)).toContain('ingress.yaml');
    const files = objectsOf('plain/iris').manifests.map(({ file }) => file);
    expect(files.filter((file) => /route|ingress/.test(file))).toEqual([]);
  });
});

describe('patches', () => {
  it('are made last, in the environments they are for', () => {
    const maximum = (environment: Environment) =>
      only<{ spec: { maxReplicas: number } }>(objectsOf('guarded/wine', environment), 'HorizontalPodAutoscaler').spec
        .maxReplicas;
    expect([maximum('staging'), maximum('prod')]).toEqual([4, 12]);
    const { container, metadata } = podOf(objectsOf('guarded/wine', 'dev'));
    expect(container.env?.[0]).toEqual({ name: 'TZ', value: 'UTC' });
    expect(metadata?.labels?.team).toBe('wine');
  });

  it('that fit nothing, or break an object, are findings', () => {
    const patched = (kind: string, patch: object | object[]) => {
      const objects = objectsOf('plain/iris', 'prod', (spec) => ({
        ...spec,
        deploy: { ...spec.deploy, patches: [{ kind, name: undefined, env: undefined, patch: patch as never }] },
      }));
      return {
        used: [...objects.usedPatches],
        messages: objects.issues.map(({ where, message }) => `${where}: ${message}`),
      };
    };
    expect(patched('StatefulSet', { spec: {} })).toEqual({ used: [], messages: [] });
    expect(patched('Deployment', [{ op: 'remove', path: '/spec/nothing' }]).messages).toEqual([
      'deploy.patches[0]: Deployment: operation 1, remove /spec/nothing: there is no "nothing"',
    ]);
    expect(patched('Deployment', { metadata: { name: 'other' } }).messages).toEqual([
      'deploy.patches[0]: Deployment: apiVersion, kind and name of an object cannot be changed',
    ]);
  });

  it('take away the reason of a number that they change', () => {
    const spec = { template: { spec: { terminationGracePeriodSeconds: 90 } } };
    const { manifests } = objectsOf('plain/iris', 'prod', (given) => ({
      ...given,
      deploy: { ...given.deploy, patches: [{ kind: 'Deployment', name: undefined, env: undefined, patch: { spec } }] },
    }));
    const notes = manifests.find(({ object }) => object.kind === 'Deployment')?.notes ?? [];
    expect(notes.some(({ path }) => path.at(-1) === 'terminationGracePeriodSeconds')).toBe(false);
    expect(notes.some(({ path }) => path.at(-1) === 'memory')).toBe(true);
  });
});
