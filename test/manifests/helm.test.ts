/** The Helm chart as text; that it renders to the objects of the other formats is checked with helm itself (test/deploy/check.sh). */
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { namespaceOf } from '../../src/manifests/deployment-facts.ts';
import { environmentObjects } from '../../src/manifests/environment-objects.ts';
import { helm } from '../../src/manifests/formats/helm/helm.ts';
import { changedValues, valuesSchema } from '../../src/manifests/formats/helm/values.ts';
import { type DeployPatch, ENVIRONMENTS } from '../../src/service/deploy-spec.ts';
import { type ProjectName, projectFacts } from '../support/projects.ts';

async function chartOf(project: ProjectName, patches?: readonly DeployPatch[]): Promise<ReadonlyMap<string, string>> {
  const facts = await projectFacts(project);
  const spec = { ...facts.spec, deploy: { ...facts.spec.deploy, patches: patches ?? facts.spec.deploy.patches } };
  const [dev, staging, prod] = ENVIRONMENTS.map((environment) =>
    environmentObjects({ ...facts, spec, environment, namespace: namespaceOf(environment, spec.name) }),
  );
  if (dev === undefined || staging === undefined || prod === undefined) throw new Error();
  return new Map(helm(prod, [dev, staging, prod]).map(({ path, text }) => [path, text]));
}

describe('the Helm chart', () => {
  it('has the values of production, and of the other environments what differs', async () => {
    const chart = await chartOf('plain/iris');
    expect(parse(chart.get('values.yaml') ?? '')).toMatchObject({
      environment: 'prod',
      replicas: null,
      autoscaler: { minReplicas: 2, maxReplicas: 10 },
      resources: { requests: { cpu: '1' } },
      enabled: { autoscaler: true, disruptionBudget: true, prometheusRule: true },
    });
    expect(parse(chart.get('values-dev.yaml') ?? '')).toEqual({
      environment: 'dev',
      replicas: 1,
      resources: { requests: { cpu: '100m' } },
      enabled: { autoscaler: false, disruptionBudget: false, prometheusRule: false },
    });
    expect(parse(chart.get('values-staging.yaml') ?? '')).toEqual({
      environment: 'staging',
      autoscaler: { maxReplicas: 3 },
    });
  });

  it('leaves no placeholder, and keeps the braces of the dashboard', async () => {
    for (const project of ['plain/iris', 'guarded/wine', 'several/digits'] as const) {
      const chart = await chartOf(project);
      for (const [path, text] of chart) {
        if (path.startsWith('beside/')) continue;
        expect(text, path).not.toContain('mlserve-helm-');
      }
      expect(chart.get('templates/dashboard.yaml')).toContain('{{ "{{" }}code{{ "}}" }}');
      expect(chart.get('templates/deployment.yaml')).toContain('namespace: {{ .Release.Namespace }}');
    }
  });

  it('leaves the image of the server to its values, and not that of a container which a patch puts before it', async () => {
    const sidecar = { name: 'proxy', image: 'registry.example.com/proxy:1', resources: {} };
    const spec = { template: { spec: { containers: [sidecar] } } };
    const chart = await chartOf('plain/iris', [
      { kind: 'Deployment', name: undefined, env: undefined, apiVersion: undefined, patch: { spec } },
    ]);
    expect(parse(chart.get('values.yaml') ?? '').image).toMatch(/@sha256:/);
    const template = chart.get('templates/deployment.yaml') ?? '';
    expect(template).toMatch(/- name: proxy\n +image: registry\.example\.com\/proxy:1\n/);
    expect(template).toMatch(/- name: server\n +image: \{\{ \.Values\.image/);
  });

  it('gives an environment with a patch of its own a branch of its own', async () => {
    const patch = {
      kind: 'Service',
      name: undefined,
      env: 'staging',
      patch: { metadata: { labels: { team: 'a' } } },
    } as const;
    const service = (await chartOf('plain/iris', [patch])).get('templates/service.yaml') ?? '';
    expect([...service.matchAll(/\{\{- (if|else if|end).*\}\}/g)].map(([line]) => line)).toEqual([
      '{{- if or (eq .Values.environment "prod") (eq .Values.environment "dev") }}',
      '{{- else if (eq .Values.environment "staging") }}',
      '{{- end }}',
    ]);
    expect((await chartOf('plain/iris', [])).get('templates/service.yaml')).not.toContain('{{- if');
  });
});

describe('the values of a chart', () => {
  it('of an environment remove with null what production has inside a mapping', () => {
    const from = { config: { A: '1', B: '2' }, hosts: ['a'], rest: { x: 1 } };
    expect(changedValues(from, { config: { A: '1' }, hosts: ['b'] })).toEqual({ config: { B: null }, hosts: ['b'] });
  });

  it('have a schema that refuses keys it does not know', () => {
    expect(valuesSchema({ image: 'a', config: { A: '1' }, autoscaler: { minReplicas: 2 } })).toMatchObject({
      additionalProperties: false,
      properties: {
        image: { type: 'string' },
        config: { type: 'object' },
        autoscaler: { additionalProperties: false, properties: { minReplicas: { type: 'integer' } } },
      },
    });
  });
});
