import { describe, expect, it } from 'vitest';
import { checkPlatform, unusedSettings } from '../../src/manifests/check-platform.ts';
import type { Platform } from '../../src/manifests/deployment-facts.ts';
import { unusedPatches } from '../../src/manifests/patches/apply-patches.ts';
import { PLATFORMS } from '../../src/manifests/platforms.ts';
import { ENVIRONMENTS } from '../../src/service/deploy-spec.ts';
import type { ServiceSpec } from '../../src/service/spec.ts';
import { objectsOn, objectsWith, only } from '../support/platform-objects.ts';
import { PROJECTS } from '../support/projects.ts';

const wine = objectsWith('guarded/wine', 'prod').facts.spec;
const where = (spec: ServiceSpec, platform: Platform) => checkPlatform(spec, platform).map((issue) => issue.where);

describe('what a platform cannot have', () => {
  it('is a name from which KServe makes one that is too long', () => {
    expect(where({ ...wine, name: 'n'.repeat(53) }, 'kserve')).toEqual([]);
    expect(where({ ...wine, name: 'n'.repeat(54) }, 'kserve')).toEqual(['name']);
    expect(where({ ...wine, name: 'n'.repeat(54) }, 'knative')).toEqual([]);
  });

  it('is a port of the proxy of Knative, a client certificate behind it, and a pattern of hosts', () => {
    expect(where(wine, 'knative')).toEqual([]);
    const wrong = {
      ...wine,
      server: { ...wine.server, port: 8012 },
      tls: { ...wine.tls, clientCa: 'ca.pem' },
      deploy: { ...wine.deploy, host: '*.example.com' },
    };
    expect(where(wrong, 'knative')).toEqual(['server.port', 'tls.clientCa', 'deploy.host']);
    expect(where(wrong, 'kserve')).toEqual([]);
  });

  it('is a port that the pods have twice, that of metrics among them, which no file has to name', () => {
    const at = (server: Partial<ServiceSpec['server']>, platform: Platform = 'kubernetes') =>
      where({ ...wine, server: { ...wine.server, grpcPort: 'off', metricsPort: 'off', ...server } }, platform);
    expect(at({ port: 9090 })).toEqual(['server.metricsPort']);
    expect(at({ port: 9090 }, 'kserve')).toEqual(['server.metricsPort']);
    expect(at({ port: 8080, grpcPort: 8080 })).toEqual(['server.grpcPort']);
    expect(at({ grpcPort: 9090 })).toEqual(['server.metricsPort']);
    expect(at({ port: 9090, metricsPort: 9100 })).toEqual([]);
  });
});

describe('what a platform does not use', () => {
  it('is said, setting by setting', () => {
    const settings = (platform: Platform) => unusedSettings(wine, platform).map((line) => line.split(' ')[0]);
    expect(settings('kubernetes')).toEqual([]);
    expect(settings('kserve')).toEqual([]);
    expect(settings('knative')).toEqual(['deploy.gateway', 'deploy.clientNamespaces', 'server.grpcPort', 'tls.cert']);
    expect(unusedSettings({ ...wine, deploy: { ...wine.deploy, rollout: 'argo' } }, 'kserve')).toEqual([
      'deploy.rollout is not used: the operator replaces the pods',
    ]);
  });

  it('are patches for kinds that other formats write; any other patch without an object stays an error', () => {
    const patches = ['Deployment', 'InferenceService', 'Job'].map((kind) => ({
      ...{ kind, name: undefined, env: undefined, patch: { metadata: {} } },
    }));
    const severities = (platform: Platform) =>
      unusedPatches(patches, new Set(), PLATFORMS[platform].foreign).map(({ severity }) => severity);
    expect(severities('kubernetes')).toEqual(['error', 'warning', 'error']);
    expect(severities('kserve')).toEqual(['warning', 'error', 'error']);
    expect(severities('knative')).toEqual(['warning', 'warning', 'error']);
  });

  it('never has a kind that the platform itself writes, and has every kind of the others', () => {
    const variants = [
      {},
      { autoscaler: 'keda', rollout: 'argo' },
      { expose: 'gateway', gateway: 'a/b', host: 'c.d' },
    ] as const;
    const kindsOf = (platform: Platform): ReadonlySet<string> =>
      new Set(
        PROJECTS.flatMap((project) =>
          ENVIRONMENTS.flatMap((environment) =>
            variants.flatMap((deploy) =>
              objectsOn({ platform, project, environment, deploy }).manifests.map(({ object }) => object.kind),
            ),
          ),
        ),
      );
    const all = (['kubernetes', 'kserve', 'knative'] as const).map(
      (platform) => [platform, kindsOf(platform)] as const,
    );
    for (const [platform, own] of all) {
      const others = all.flatMap(([, kinds]) => [...kinds]).filter((kind) => !own.has(kind));
      // Both Kubernetes and Knative have a Service; apiVersion tells a patch for the one from one for the other.
      const foreign = PLATFORMS[platform].foreign.filter((kind) => platform !== 'knative' || kind !== 'Service');
      expect([...foreign].sort(), platform).toEqual([...new Set(others)].sort());
    }
  });
});

describe('a patch for a Service', () => {
  const labelled = (apiVersion: string | undefined, platform: Platform) => {
    const patches = [
      { kind: 'Service', apiVersion, name: undefined, env: undefined, patch: { metadata: { labels: { team: 'a' } } } },
    ];
    const objects = objectsOn({ platform, project: 'plain/iris', environment: 'prod', deploy: { patches } });
    return only<{ metadata: { labels: Record<string, string> } }>(objects, 'Service').metadata.labels.team;
  };

  it('means that of Kubernetes, unless its apiVersion says Knative', () => {
    expect(labelled(undefined, 'kubernetes')).toBe('a');
    expect(labelled(undefined, 'knative')).toBeUndefined();
    expect(labelled('serving.knative.dev/v1', 'knative')).toBe('a');
    expect(labelled('serving.knative.dev/v1', 'kubernetes')).toBeUndefined();
  });
});
