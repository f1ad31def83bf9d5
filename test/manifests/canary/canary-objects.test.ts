/** The objects of a canary, over the fixture projects: whom their selectors catch, what they keep of the service, and how many pods they have. */
import { PodMonitor } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PodMonitor';
import { PrometheusRule } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PrometheusRule';
import { ServiceMonitor } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/ServiceMonitor';
import { Deployment, type IDeployment } from 'kubernetes-models/apps/v1/Deployment';
import { NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy';
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1/PodDisruptionBudget';
import { ConfigMap, type IConfigMap } from 'kubernetes-models/v1/ConfigMap';
import { Service } from 'kubernetes-models/v1/Service';
import { describe, expect, it } from 'vitest';
import { canaryObjects } from '../../../src/manifests/canary/canary-objects.ts';
import { canaryReplicas } from '../../../src/manifests/canary/replicas.ts';
import { namespaceOf } from '../../../src/manifests/deployment-facts.ts';
import { environmentObjects } from '../../../src/manifests/environment-objects.ts';
import { withHashedConfig } from '../../../src/manifests/hash-config.ts';
import type { KubernetesObject } from '../../../src/manifests/manifest.ts';
import { ENVIRONMENTS } from '../../../src/service/deploy-spec.ts';
import { PROJECTS, projectFacts } from '../../support/projects.ts';
import { checkExpression } from '../../support/promql.ts';

type Labels = Readonly<Record<string, string>>;

const CLASSES: Readonly<Record<string, new (data: never) => { validate(): void }>> = {
  ...{ ConfigMap, Deployment, NetworkPolicy, PodDisruptionBudget, PodMonitor, PrometheusRule, Service, ServiceMonitor },
};

const all = await Promise.all(
  PROJECTS.flatMap((project) =>
    ENVIRONMENTS.map(async (environment) => {
      const facts = await projectFacts(project);
      const namespace = namespaceOf(environment, facts.spec.deploy.namespace || facts.spec.name);
      const objects = environmentObjects({ ...facts, environment, namespace });
      const stable = withHashedConfig(objects.manifests, facts.spec.name).map(({ object }) => object);
      const canary = canaryObjects(objects, { weight: 10, stablePods: 30 }).map(({ object }) => object);
      return { project, environment, name: facts.spec.name, stable, canary };
    }),
  ),
);

function only<T extends object>(objects: readonly KubernetesObject[], kind: string): T {
  const [found, ...others] = objects.filter((each) => each.kind === kind);
  if (found === undefined || others.length > 0) throw new Error(`not one ${kind}`);
  return found as unknown as T;
}

const podLabels = (objects: readonly KubernetesObject[]): Labels =>
  (only<IDeployment>(objects, 'Deployment').spec?.template.metadata?.labels ?? {}) as Labels;

/** Whom each object of a list selects. */
function selectorsOf(objects: readonly KubernetesObject[]): readonly (readonly [string, Labels])[] {
  const selectorOf = ({ kind, ...object }: KubernetesObject): Labels | undefined => {
    const { spec } = object as unknown as {
      readonly spec?: {
        readonly selector?: Labels & { readonly matchLabels?: Labels };
        readonly podSelector?: { readonly matchLabels: Labels };
      };
    };
    return kind === 'Service' ? spec?.selector : (spec?.podSelector?.matchLabels ?? spec?.selector?.matchLabels);
  };
  return objects.flatMap((object) => {
    const selector = selectorOf(object);
    return selector === undefined ? [] : [[object.kind, selector] as const];
  });
}

const catches = (selector: Labels, labels: Labels): boolean =>
  Object.entries(selector).every(([key, value]) => labels[key] === value);

describe.each(all)('a canary of $project in $environment', ({ environment, name, stable, canary }) => {
  it('is valid by the schemas of Kubernetes', () => {
    for (const object of canary) {
      const Class = CLASSES[object.kind];
      if (Class === undefined) throw new Error(`no schema for ${object.kind}`);
      expect(() => new Class(object as never).validate(), object.kind).not.toThrow();
    }
  });

  it('is caught by its own selectors and by none of the service, and the other way round', () => {
    const [own, others] = [podLabels(canary), podLabels(stable)];
    const selectors = selectorsOf(canary);
    expect(selectors.map(([kind]) => kind)).toEqual(
      expect.arrayContaining([
        'Service',
        'Deployment',
        'NetworkPolicy',
        environment === 'dev' ? 'Service' : 'PodDisruptionBudget',
      ]),
    );
    // A ServiceMonitor selects Services, by labels that pods have too.
    for (const [kind, selector] of selectors)
      expect([kind, catches(selector, own), catches(selector, others)]).toEqual([kind, true, false]);
    for (const [kind, selector] of selectorsOf(stable))
      expect([kind, catches(selector, own), catches(selector, others)]).toEqual([kind, false, true]);
  });

  it('has names of its own, and the label of its track, on everything', () => {
    const names = canary.map(({ kind, metadata }) => `${kind}/${metadata?.name}`);
    const taken = stable.map(({ kind, metadata }) => `${kind}/${metadata?.name}`);
    expect(names.filter((each) => taken.includes(each))).toEqual([]);
    for (const { kind, metadata } of canary) {
      expect(metadata?.name).toMatch(
        kind === 'ConfigMap' ? new RegExp(`^${name}-canary-config-[a-z0-9]{10}$`) : new RegExp(`^${name}-canary$`),
      );
      expect(metadata?.labels).toMatchObject({ 'mlserve.dev/track': 'canary', 'app.kubernetes.io/name': name });
    }
  });

  it('runs what the service would run: the same pods but for instance, track and the name of equal settings', () => {
    const [own, others] = [canary, stable].map((objects) => only<IDeployment>(objects, 'Deployment').spec);
    const template = JSON.stringify(own?.template)
      .replaceAll(`"app.kubernetes.io/instance":"${name}-canary"`, `"app.kubernetes.io/instance":"${name}"`)
      .replace(`"${name}-canary-config-`, `"${name}-config-`)
      .replace(',"mlserve.dev/track":"canary"', '');
    expect(JSON.parse(template)).toEqual(others?.template);
    expect(own?.replicas).toBe(3);
    expect(only<IConfigMap>(canary, 'ConfigMap').data).toEqual(
      (stable.find(({ kind, metadata }) => kind === 'ConfigMap' && metadata?.name?.includes('-config-')) as IConfigMap)
        .data,
    );
  });

  it('has alerts that see its own series alone, where the service has alerts', () => {
    const rule = canary.find(({ kind }) => kind === 'PrometheusRule');
    expect(rule !== undefined).toBe(stable.some(({ kind }) => kind === 'PrometheusRule'));
    if (rule === undefined) return;
    const { spec } = rule as unknown as {
      spec: { groups: { rules: { alert: string; expr: string; labels: Labels }[] }[] };
    };
    const rules = spec.groups.flatMap(({ rules: each }) => each);
    expect(rules.length).toBeGreaterThan(5);
    expect(rules.map(({ alert }) => alert)).not.toContain('MlserveAtMostReplicas');
    for (const { expr, labels } of rules) {
      checkExpression(expr);
      expect(expr).toMatch(new RegExp(`job="${name}-canary"|pod=~"${name}-canary-`));
      expect(expr).not.toMatch(new RegExp(`job="${name}"|pod=~"${name}-\\[`));
      expect(labels).toMatchObject({ service: name, track: 'canary' });
    }
  });
});

describe('the alerts of a service', () => {
  it('see no canary: its pods have another job, and other names', () => {
    const [, , prod] = all;
    const rule = prod?.stable.find(({ kind }) => kind === 'PrometheusRule');
    const pod = /pod=~"([^"]+)"/.exec(JSON.stringify(rule).replaceAll('\\"', '"'))?.[1] ?? '';
    expect('iris-5d4f8c7b9-x2x7q').toMatch(new RegExp(`^${pod}$`));
    expect('iris-canary-5d4f8c7b9-x2x7q').not.toMatch(new RegExp(`^${pod}$`));
  });
});

describe('the pods of a canary', () => {
  it.each([
    [10, 2, 'prod', 2],
    [10, 21, 'prod', 3],
    [50, 10, 'staging', 5],
    [0, 10, 'prod', 2],
    [0, 1, 'dev', 1],
    [50, 4, 'dev', 2],
  ] as const)('at %i %% of %i pods in %s are %i', (weight, pods, environment, expected) => {
    const { value, why } = canaryReplicas(weight, pods, environment);
    expect(value).toBe(expected);
    expect(why).toContain(`${weight} % of the requests that ${pods} ${pods === 1 ? 'pod' : 'pods'} of the service`);
  });
});
