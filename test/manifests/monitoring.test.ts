/** Alerts and dashboard: every expression parses, names metrics and labels of the table alone, and every alert is tested both ways. */
import { describe, expect, it } from 'vitest';
import { namespaceOf } from '../../src/manifests/deployment-facts.ts';
import { environmentObjects } from '../../src/manifests/environment-objects.ts';
import { quoteRegex, selector } from '../../src/manifests/monitoring/promql.ts';
import { ENVIRONMENTS } from '../../src/service/deploy-spec.ts';
import { PROJECTS, projectFacts } from '../support/projects.ts';
import { checkExpression, selectorsOf } from '../support/promql.ts';

const all = await Promise.all(
  PROJECTS.flatMap((project) =>
    ENVIRONMENTS.map(async (environment) => {
      const facts = await projectFacts(project);
      const namespace = namespaceOf(environment, facts.spec.deploy.namespace || facts.spec.name);
      return { project, environment, objects: environmentObjects({ ...facts, environment, namespace }) };
    }),
  ),
);

interface Dashboard {
  readonly uid: string;
  readonly panels: readonly {
    readonly id: number;
    readonly targets: readonly { readonly expr: string }[];
    readonly gridPos: { readonly x: number; readonly w: number };
  }[];
  readonly annotations: { readonly list: readonly { readonly expr: string }[] };
}

function dashboardOf({ objects }: (typeof all)[number]): Dashboard {
  const found = objects.manifests.find(({ file }) => file === 'dashboard.yaml')?.object as unknown as {
    data: Record<string, string>;
  };
  return JSON.parse(Object.values(found.data)[0] ?? '') as Dashboard;
}

describe('the parser of these tests', () => {
  it('sees selectors, and what is no PromQL', () => {
    expect(selectorsOf('sum by (le) (rate(a_total{x="1", y=~"2"}[5m])) / b')).toEqual([
      { metric: 'a_total', labels: ['x', 'y'] },
      { metric: 'b', labels: [] },
    ]);
    expect(() => selectorsOf('sum by (')).toThrow();
    expect(() => checkExpression('mlserve_request_total{code="5"}')).toThrow();
  });
});

describe('alerts', () => {
  it('parse, and name what the server has', () => {
    const alerts = all.flatMap(({ objects }) => objects.alerts);
    expect(alerts.length).toBeGreaterThan(50);
    for (const { expr } of alerts) checkExpression(expr);
  });

  it('are each shown to go off and to keep quiet', () => {
    for (const { name, tests } of all.flatMap(({ objects }) => objects.alerts)) {
      expect([
        name,
        tests.some(({ fires }) => fires !== undefined),
        tests.some(({ fires }) => fires === undefined),
      ]).toEqual([name, true, true]);
    }
  });

  it('cover errors, time, absence, readiness, skew, the queue, restarts, memory and throttling; none in dev', () => {
    const of = (environment: string) =>
      all.find((one) => one.project === 'plain/iris' && one.environment === environment)?.objects.alerts ?? [];
    expect(of('dev')).toEqual([]);
    expect(of('prod').map(({ name }) => name)).toEqual([
      'MlserveErrors',
      'MlserveLatency',
      'MlserveQueueFull',
      'MlserveTurnsAway',
      'MlserveModelAbsent',
      'MlserveModelNotReady',
      'MlserveVersionSkew',
      'MlserveRestarts',
      'MlserveOutOfMemory',
      'MlserveThrottled',
      'MlserveAtMostReplicas',
    ]);
  });

  it('hold each model to its own promise', () => {
    const limits = all
      .find((one) => one.project === 'several/digits' && one.environment === 'prod')
      ?.objects.alerts.filter(({ name }) => name === 'MlserveLatency')
      .map(({ expr }) => /(>=?) (\S+)$/.exec(expr)?.slice(1));
    // 5 s by default; 15 s is beyond the largest bucket, which is 10 s.
    expect(limits).toEqual([
      ['>', '5'],
      ['>=', '10'],
      ['>', '5'],
    ]);
  });
});

describe('the dashboard', () => {
  it('has panels whose every expression parses, and names what the server has', () => {
    for (const one of all) {
      const { panels, annotations } = dashboardOf(one);
      const expressions = [...panels.flatMap(({ targets }) => targets), ...annotations.list].map(({ expr }) => expr);
      expect(expressions.length).toBeGreaterThan(15);
      for (const expression of expressions) checkExpression(expression);
    }
  });

  it('has an address of its own in every environment, and panels that lie side by side', () => {
    const dashboards = all.map(dashboardOf);
    expect(new Set(dashboards.map(({ uid }) => uid)).size).toBe(dashboards.length);
    for (const { panels } of dashboards) {
      expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
      for (const { gridPos } of panels) expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24);
    }
  });
});

describe('PromQL', () => {
  it('is quoted where a value could end it', () => {
    expect(selector('m', { a: 'x"y', b: '~1|2', c: '!z', d: '!~w' })).toBe('m{a="x\\"y", b=~"1|2", c!="z", d!~"w"}');
    expect(quoteRegex('a.b-c')).toBe('a\\.b-c');
  });
});
