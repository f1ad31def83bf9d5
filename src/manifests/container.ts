/** A service × its numbers → the container of its pods, and the reasons for what is in it. */
import type { IContainer } from 'kubernetes-models/v1/Container';
import type { IEnvVar } from 'kubernetes-models/v1/EnvVar';
import { portsOf } from './config-map.ts';
import type { DeploymentFacts } from './deployment-facts.ts';
import { identityVariables, imageReference } from './identity.ts';
import type { Note, ObjectPath } from './manifest.ts';
import type { Numbers } from './numbers.ts';
import { secretVariables, secretVolumes } from './secrets.ts';
import { workloadOf } from './workload.ts';

/** Baked into the image; above 10000, so that it is nobody on the node. */
export const USER_ID = 10_001;
const STARTUP_PERIOD = 2;
/** What KServe shows as the address of the service follows from it; without it that of V1. */
const PROTOCOL: IEnvVar = { name: 'PROTOCOL', value: 'v2' };
/** For logs and what is in /tmp. */
const STORAGE = { request: '128Mi', limit: '256Mi' };

export function serverContainer(facts: DeploymentFacts, numbers: Numbers, config: string) {
  const { spec } = facts;
  const ports = portsOf(facts);
  const workload = workloadOf(facts);
  const { cpuMillicores, cpuLimit, memoryMebibytes } = numbers;
  const memory = `${memoryMebibytes.value}Mi`;
  const scheme = spec.tls.cert === '' ? 'HTTP' : 'HTTPS';
  // Knative gives the port another name, but in the probes.
  const port = facts.platform === 'knative' ? ports.http : workload.httpPort;
  const probe = (path: string) => ({ httpGet: { path, port, scheme } }) as const;
  return {
    name: workload.container,
    image: imageReference(facts.image),
    imagePullPolicy: spec.deploy.pullPolicy,
    ports: [
      { name: workload.httpPort, containerPort: ports.http, protocol: 'TCP' },
      ...(ports.grpc === undefined ? [] : [{ name: 'grpc', containerPort: ports.grpc, protocol: 'TCP' as const }]),
      ...(ports.metrics === ports.http
        ? []
        : [{ name: 'metrics', containerPort: ports.metrics, protocol: 'TCP' as const }]),
    ],
    envFrom: [{ configMapRef: { name: config } }],
    env: variables(facts, numbers),
    resources: {
      requests: { cpu: cpuText(cpuMillicores.value), memory, 'ephemeral-storage': STORAGE.request },
      limits: {
        ...(cpuLimit === undefined ? {} : { cpu: String(cpuLimit.value) }),
        memory,
        'ephemeral-storage': STORAGE.limit,
      },
    },
    startupProbe: {
      ...probe('/startupz'),
      periodSeconds: STARTUP_PERIOD,
      timeoutSeconds: 2,
      failureThreshold: Math.ceil(numbers.startupSeconds.value / STARTUP_PERIOD),
    },
    readinessProbe: { ...probe('/readyz'), periodSeconds: 5, timeoutSeconds: 2, failureThreshold: 2 },
    livenessProbe: { ...probe('/livez'), periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 3 },
    securityContext: {
      allowPrivilegeEscalation: false,
      privileged: false,
      readOnlyRootFilesystem: true,
      runAsNonRoot: true,
      runAsUser: USER_ID,
      runAsGroup: USER_ID,
      capabilities: { drop: ['ALL'] },
      seccompProfile: { type: 'RuntimeDefault' },
    },
    terminationMessagePolicy: 'FallbackToLogsOnError',
    volumeMounts: [{ name: 'tmp', mountPath: '/tmp' }, ...secretVolumes(facts).mounts],
  } satisfies IContainer;
}

function variables(facts: DeploymentFacts, { heapMebibytes }: Numbers): IEnvVar[] {
  // The API server adds the version where it is missing. A reference has one owner as a whole, so two managers must write the same.
  const field = (name: string, fieldPath: string): IEnvVar => ({
    name,
    valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath } },
  });
  return [
    ...identityVariables(facts),
    ...(facts.revision === undefined ? [] : [{ name: 'REVISION', value: facts.revision }]),
    // Knative allows no fields unless its administrator does.
    ...(facts.platform === 'knative'
      ? []
      : [
          field('POD_NAME', 'metadata.name'),
          field('POD_NAMESPACE', 'metadata.namespace'),
          field('NODE_NAME', 'spec.nodeName'),
        ]),
    ...(facts.platform === 'kserve' ? [PROTOCOL] : []),
    ...secretVariables(facts.spec),
    { name: 'NODE_OPTIONS', value: `--max-old-space-size=${heapMebibytes.value}` },
  ];
}

/** `at`: where the container is in its object. */
export function containerNotes(at: ObjectPath, facts: DeploymentFacts, numbers: Numbers): readonly Note[] {
  const container = serverContainer(facts, numbers, '');
  const options = container.env.findIndex(({ name }) => name === 'NODE_OPTIONS');
  const note = (path: ObjectPath, text: string): Note => ({ path: [...at, ...path], text });
  const seconds = container.startupProbe.failureThreshold * STARTUP_PERIOD;
  return [
    note(['image'], 'by tag for people, by digest for certainty'),
    ...(facts.spec.deploy.pullPolicy === 'Always'
      ? [
          note(
            ['imagePullPolicy'],
            'with a digest it costs one question to the registry, and checks who may have the image',
          ),
        ]
      : []),
    note(['envFrom'], `rows that may wait: ${numbers.queue}`),
    note(['env', options], numbers.heapMebibytes.why),
    note(['resources', 'requests', 'cpu'], numbers.cpuMillicores.why),
    note(
      ['resources', 'requests', 'memory'],
      `${numbers.memoryMebibytes.why}; the limit is the same, so that nobody else takes it`,
    ),
    ...(numbers.cpuLimit === undefined ? [] : [note(['resources', 'limits', 'cpu'], numbers.cpuLimit.why)]),
    note(
      ['startupProbe'],
      `until every model is loaded and has run once; ${numbers.startupSeconds.why} (${STARTUP_PERIOD} s × ${seconds / STARTUP_PERIOD})`,
    ),
    note(['readinessProbe'], 'not ready: no new requests; off at once when the pod is to stop'),
    note(['livenessProbe'], 'the process answers; it asks no model, so load never restarts a pod'),
    note(['volumeMounts'], 'the rest of the file system is read-only'),
  ];
}

/** `1` and `500m`, as Kubernetes itself writes them. */
function cpuText(millicores: number): string {
  return millicores % 1000 === 0 ? String(millicores / 1000) : `${millicores}m`;
}
