/** A service in a cluster → the settings that differ there, as a ConfigMap of `MLSERVE_…` variables whose name says what is in it. */
import { createHash } from 'node:crypto';
import type { IConfigMap } from 'kubernetes-models/v1/ConfigMap';
import { environmentName } from '../service/settings.ts';
import type { DeploymentFacts } from './deployment-facts.ts';
import { objectLabels } from './identity.ts';
import type { KubernetesObject, Manifest, Note } from './manifest.ts';
import { nameWith } from './names.ts';
import type { Derived, Numbers } from './numbers.ts';

const PORT = 8080;
const METRICS_PORT = 9090;
/** Below it a port is for root on many nodes, and the pods are not. */
const UNPRIVILEGED = 1024;

/** `off` stays off; 0 picks a free one, which nobody would find. */
export interface Ports {
  readonly http: number;
  readonly metrics: number;
  readonly grpc: number | undefined;
}

export function portsOf({ spec: { server }, platform }: Pick<DeploymentFacts, 'spec' | 'platform'>): Ports {
  const { port, metricsPort, grpcPort } = server;
  const http = port < UNPRIVILEGED ? PORT : port;
  // Knative knows one port of a container.
  if (platform === 'knative') return { http, metrics: http, grpc: undefined };
  return {
    http,
    metrics: metricsPort === 'off' || metricsPort < UNPRIVILEGED ? METRICS_PORT : metricsPort,
    grpc: grpcPort === 'off' ? undefined : grpcPort < UNPRIVILEGED ? PORT + 1 : grpcPort,
  };
}

function whyOther(port: number | string): string {
  return port === 0 ? 'a port that does not change' : `the user of the pods may not open ${port} on every node`;
}

/** The name before its hash is added. */
export function configName(instance: string): string {
  return nameWith(instance, 'config');
}

/** Path, value, and why it has to be other than in the file. */
export type ClusterSetting = readonly [path: string, value: Derived | string, why: string];

/** Where the server listens. */
export function addressSettings(facts: DeploymentFacts): readonly ClusterSetting[] {
  const { server } = facts.spec;
  const { http } = portsOf(facts);
  const isAny = server.host === '0.0.0.0' || server.host === '::';
  return [
    ...(isAny ? [] : [['server.host', '0.0.0.0', 'other pods call from outside'] as const]),
    ...(server.port === http ? [] : [['server.port', String(http), whyOther(server.port)] as const]),
  ];
}

export function clusterSettings(facts: DeploymentFacts, numbers: Numbers): readonly ClusterSetting[] {
  const { spec } = facts;
  const ports = portsOf(facts);
  return [
    ...addressSettings(facts),
    ...(spec.server.metricsPort === ports.metrics
      ? []
      : [
          [
            'server.metricsPort',
            String(ports.metrics),
            typeof spec.server.metricsPort === 'number'
              ? whyOther(spec.server.metricsPort)
              : 'a port of its own, so that callers cannot read metrics',
          ] as const,
        ]),
    ...(ports.grpc === undefined || spec.server.grpcPort === ports.grpc
      ? []
      : [['server.grpcPort', String(ports.grpc), whyOther(spec.server.grpcPort)] as const]),
    ...(spec.drain.delayMs > 0 ? [] : [['drain.delayMs', numbers.drainDelayMs, ''] as const]),
    ...(numbers.threads === undefined ? [] : [['engine.threads', numbers.threads, ''] as const]),
  ];
}

/** Without its hash; see `hashedConfigMap`. */
export function configMap(facts: DeploymentFacts, wanted: readonly ClusterSetting[]): Manifest {
  const settings = wanted.map(([path, setting, why]) => {
    const given = typeof setting === 'string' ? { value: setting, why } : setting;
    return { name: environmentName(path), value: String(given.value), why: `${path}: ${given.why}` };
  });
  const object = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: configName(facts.spec.name), namespace: facts.namespace, labels: objectLabels(facts) },
    data: Object.fromEntries(settings.map(({ name, value }) => [name, value])),
    immutable: true,
  } satisfies IConfigMap;
  const notes = settings.map(({ name, why }): Note => ({ path: ['data', name], text: why }));
  return { file: 'config-map.yaml', object, notes };
}

/** Other settings are another ConfigMap: pods roll over to it, and back. */
export function hashedConfigName(object: KubernetesObject): string {
  const { metadata = {}, data = {} } = object as IConfigMap;
  return `${metadata.name}-${kustomizeHash(data)}`;
}

/** The suffix that kustomize's configMapGenerator gives, so that every format names it the same. */
export function kustomizeHash(data: Readonly<Record<string, string>>): string {
  const sorted = Object.fromEntries(Object.entries(data).sort(([a], [b]) => (a < b ? -1 : 1)));
  // The name of what kustomize hashes is empty, and Go's JSON escapes what could end a script element.
  const text = JSON.stringify({ data: sorted, kind: 'ConfigMap', name: '' }).replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  const hex = createHash('sha256').update(text).digest('hex').slice(0, 10);
  const letters: Readonly<Record<string, string>> = { 0: 'g', 1: 'h', 3: 'k', a: 'm', e: 't' };
  return [...hex].map((digit) => letters[digit] ?? digit).join('');
}
