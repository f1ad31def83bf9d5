import type { IDeployment } from 'kubernetes-models/apps/v1/Deployment';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { kustomize } from '../../../src/manifests/formats/kustomize.ts';
import { ENVIRONMENTS } from '../../../src/service/deploy-spec.ts';
import { schemaFindings } from '../../support/custom-resources.ts';
import { objectsWith, only, onlyManifest } from '../../support/platform-objects.ts';
import { PROJECTS } from '../../support/projects.ts';
import { checkExpression } from '../../support/promql.ts';

interface Rollout {
  readonly spec: IDeployment['spec'] & {
    readonly strategy: {
      readonly canary: { readonly steps?: readonly { readonly setWeight?: number }[]; readonly analysis?: object };
    };
  };
}
interface AnalysisTemplate {
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly metrics: readonly {
      readonly successCondition: string;
      readonly provider: { readonly prometheus: { readonly query: string } };
    }[];
  };
}

const ARGO = { rollout: 'argo' } as const;

describe.each(PROJECTS)('the Rollout of %s', (project) => {
  it.each(ENVIRONMENTS)('passes the schema of Argo in %s, and stands in the place of the Deployment', (environment) => {
    const objects = objectsWith(project, environment, ARGO);
    const kinds = objects.manifests.map(({ object }) => object.kind);
    expect(kinds).not.toContain('Deployment');
    expect(kinds.includes('AnalysisTemplate')).toBe(environment !== 'dev');
    for (const { object } of objects.manifests.filter(({ object: one }) => one.apiVersion === 'argoproj.io/v1alpha1')) {
      expect(schemaFindings(object), object.kind).toEqual([]);
    }
  });

  it('has the pods of the Deployment, but for the label that tells revisions apart', () => {
    const podsOf = (deploy: object, kind: string) =>
      JSON.stringify(only<IDeployment>(objectsWith(project, 'prod', deploy), kind).spec?.template);
    expect(podsOf(ARGO, 'Rollout').replaceAll('rollouts-pod-template-hash', 'pod-template-hash')).toBe(
      podsOf({}, 'Deployment'),
    );
    expect(podsOf(ARGO, 'Rollout')).toContain('"matchLabelKeys":["rollouts-pod-template-hash"]');
  });

  it('is judged by expressions that parse and name what the server measures', () => {
    const { spec } = only<AnalysisTemplate>(objectsWith(project, 'prod', ARGO), 'AnalysisTemplate');
    for (const { provider } of spec.metrics) {
      expect(provider.prometheus.query).toContain('-{{args.hash}}-.*"');
      checkExpression(provider.prometheus.query);
    }
    expect(spec.metrics.length).toBe(2);
  });
});

describe('a Rollout', () => {
  it('is what the autoscaler scales, whichever that is', () => {
    const target = { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', name: 'iris' };
    for (const [autoscaler, kind] of [
      ['hpa', 'HorizontalPodAutoscaler'],
      ['keda', 'ScaledObject'],
    ] as const) {
      const { spec } = only<{ spec: { scaleTargetRef: object } }>(
        objectsWith('plain/iris', 'prod', { ...ARGO, autoscaler }),
        kind,
      );
      expect(spec.scaleTargetRef).toEqual(target);
    }
  });

  it('takes more steps the more depends on it, and none in dev', () => {
    const weights = ENVIRONMENTS.map((environment) =>
      (only<Rollout>(objectsWith('plain/iris', environment, ARGO), 'Rollout').spec.strategy.canary.steps ?? []).flatMap(
        ({ setWeight }) => setWeight ?? [],
      ),
    );
    expect(weights).toEqual([[], [50], [10, 50]]);
  });

  it('names the analysis that is written, with the limits of the service', () => {
    const objects = objectsWith('guarded/wine', 'prod', { ...ARGO, errorPercent: 2 });
    const template = only<AnalysisTemplate>(objects, 'AnalysisTemplate');
    expect(only<Rollout>(objects, 'Rollout').spec.strategy.canary.analysis).toEqual({
      templates: [{ templateName: template.metadata.name }],
      startingStep: 1,
      args: [{ name: 'hash', valueFrom: { podTemplateHashValue: 'Latest' } }],
    });
    expect(template.spec.metrics.map(({ successCondition }) => successCondition)).toEqual([
      'len(result) == 0 || isNaN(result[0]) || result[0] <= 0.02',
      'len(result) == 0 || isNaN(result[0]) || result[0] <= 0.2',
    ]);
  });

  it('never waits for a time that the histogram of the server cannot tell', () => {
    const { spec } = only<AnalysisTemplate>(objectsWith('several/digits', 'prod', ARGO), 'AnalysisTemplate');
    const late = objectsWith('several/digits', 'prod', ARGO).facts.spec.models[0]?.slo.p99Ms ?? 0;
    expect(late).toBeLessThan(10_000);
    expect(spec.metrics[1]?.successCondition).toContain(`<= ${late / 1000}`);
    const slow = objectsWith('plain/iris', 'prod', ARGO, (given) => ({
      ...given,
      models: given.models.map((model) => ({ ...model, slo: { p99Ms: 15_000 } })),
    }));
    expect(only<AnalysisTemplate>(slow, 'AnalysisTemplate').spec.metrics[1]?.successCondition).toContain('< 10');
  });

  it('has no analysis where nobody knows the labels of the series', () => {
    const objects = objectsWith('plain/iris', 'prod', { ...ARGO, monitor: 'annotations' });
    expect(objects.manifests.map(({ object }) => object.kind)).not.toContain('AnalysisTemplate');
    expect(only<Rollout>(objects, 'Rollout').spec.strategy.canary.analysis).toBeUndefined();
  });

  it('merges the lists of a patch as a Deployment does', () => {
    const patch = {
      spec: { template: { spec: { containers: [{ name: 'server', env: [{ name: 'TZ', value: 'UTC' }] }] } } },
    };
    const patches = [{ kind: 'Rollout', name: undefined, env: undefined, patch }];
    const { spec } = only<Rollout>(objectsWith('plain/iris', 'prod', { ...ARGO, patches }), 'Rollout');
    const [container] = spec?.template.spec?.containers ?? [];
    expect(container?.env?.[0]).toEqual({ name: 'TZ', value: 'UTC' });
    expect(container?.image).toContain('@sha256:');
  });
});

describe('kustomize', () => {
  it('is told in every kustomization where a Rollout names the ConfigMap, for its name ends with a hash', () => {
    const [dev, staging, prod] = ENVIRONMENTS.map((environment) => objectsWith('plain/iris', environment, ARGO));
    if (dev === undefined || staging === undefined || prod === undefined) throw new Error();
    const files = new Map(kustomize(prod, [dev, staging, prod]).map(({ path, text }) => [path, text]));
    for (const folder of ['base', 'overlays/dev', 'overlays/staging', 'overlays/prod']) {
      const { configurations } = parse(files.get(`${folder}/kustomization.yaml`) ?? '') as { configurations: string[] };
      expect(configurations).toEqual(['name-references.yaml']);
      expect(files.get(`${folder}/name-references.yaml`)).toContain(
        'spec/template/spec/containers/envFrom/configMapRef/name',
      );
    }
    const plain = kustomize(objectsWith('plain/iris', 'prod'), []);
    expect(plain.map(({ path }) => path)).not.toContain('base/name-references.yaml');
  });
});

describe('the schemas', () => {
  it('refuse what is not in them, at every depth', () => {
    const { object } = onlyManifest(objectsWith('plain/iris', 'prod', ARGO), 'Rollout');
    const { spec } = object as unknown as { readonly spec: { readonly strategy: { readonly canary: object } } };
    const wrong = {
      ...object,
      spec: { ...spec, replica: 2, strategy: { canary: { ...spec.strategy.canary, stepz: [] } } },
    };
    expect(schemaFindings(wrong)).toEqual([
      '/spec: must NOT have additional properties {"additionalProperty":"replica"}',
      '/spec/strategy/canary: must NOT have additional properties {"additionalProperty":"stepz"}',
    ]);
  });
});
