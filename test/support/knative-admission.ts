/**
 * A Service of Knative → what its webhook refuses where no feature flag is set. The rules are those of knative.dev/serving v0.51,
 * pkg/apis/serving: fieldmask.go (which members there may be) and k8s_validation.go (which values).
 */
import type { IContainer } from 'kubernetes-models/v1/Container';
import type { IPodSpec } from 'kubernetes-models/v1/PodSpec';

export interface RevisionSpec extends IPodSpec {
  readonly containerConcurrency: number;
  readonly timeoutSeconds: number;
}

const words = (text: string): ReadonlySet<string> => new Set(text.split(' '));
const POD = words(
  'serviceAccountName containers volumes imagePullSecrets enableServiceLinks automountServiceAccountToken containerConcurrency timeoutSeconds',
);
const CONTAINER = words(
  'name args command env workingDir envFrom image imagePullPolicy livenessProbe ports readinessProbe resources securityContext startupProbe terminationMessagePath terminationMessagePolicy volumeMounts',
);
const SECURITY = words(
  'capabilities readOnlyRootFilesystem runAsUser runAsGroup runAsNonRoot allowPrivilegeEscalation seccompProfile privileged',
);
const VOLUME = words('name secret configMap projected emptyDir');
const PORT = words('containerPort name protocol');
const PORT_NAMES = ['h2c', 'http1', ''];
const RESERVED_PORTS = [8008, 8012, 8013, 8022, 8112, 9090, 9091];
const RESERVED_VARIABLES = ['PORT', 'K_SERVICE', 'K_CONFIGURATION', 'K_REVISION'];
const RESERVED_PATHS = ['/', '/dev', '/dev/log'];

export function admissionFindings(spec: RevisionSpec): readonly string[] {
  const [container, ...others] = spec.containers ?? [];
  if (container === undefined || others.length > 0) return ['one container'];
  return [
    ...notIn(spec, POD, 'spec'),
    ...(spec.automountServiceAccountToken === true ? ['automountServiceAccountToken: true'] : []),
    ...(spec.volumes ?? []).flatMap((volume) => notIn(volume, VOLUME, `volumes[${volume.name}]`)),
    ...(spec.timeoutSeconds < 1 || spec.timeoutSeconds > 600 ? [`timeoutSeconds: ${spec.timeoutSeconds}`] : []),
    ...(spec.containerConcurrency > 1000 ? [`containerConcurrency: ${spec.containerConcurrency}`] : []),
    ...ofContainer(
      container,
      (spec.volumes ?? []).map(({ name }) => name),
    ),
  ];
}

function ofContainer(container: IContainer, volumes: readonly string[]): readonly string[] {
  const [port, ...others] = container.ports ?? [];
  const { capabilities = {}, privileged = false } = container.securityContext ?? {};
  const mounts = container.volumeMounts ?? [];
  return [
    ...notIn(container, CONTAINER, 'container'),
    ...notIn(container.securityContext ?? {}, SECURITY, 'securityContext'),
    ...notIn(capabilities, words('drop'), 'capabilities'),
    ...(privileged ? ['privileged'] : []),
    ...(port === undefined || others.length > 0 ? ['one port'] : notIn(port, PORT, 'port')),
    ...(PORT_NAMES.includes(port?.name ?? '') ? [] : [`port ${port?.name}`]),
    ...(RESERVED_PORTS.includes(port?.containerPort ?? 0) ? [`port ${port?.containerPort} is reserved`] : []),
    ...(container.env ?? []).flatMap(({ name, valueFrom }) => [
      ...(RESERVED_VARIABLES.includes(name) ? [`${name} is reserved`] : []),
      ...(valueFrom === undefined ? [] : notIn(valueFrom, words('configMapKeyRef secretKeyRef'), name)),
    ]),
    ...mounts.flatMap(({ mountPath }) => (RESERVED_PATHS.includes(mountPath) ? [`${mountPath} is reserved`] : [])),
    ...volumes.filter((name) => !mounts.some((mount) => mount.name === name)).map((name) => `${name} is not mounted`),
    ...(['startupProbe', 'readinessProbe', 'livenessProbe'] as const).flatMap((name) => ofProbe(container, name)),
  ];
}

/** The port of the container is renamed when its pod is made, and the one of a startup probe is left as it is written: a number alone works. */
function ofProbe(container: IContainer, name: 'startupProbe' | 'readinessProbe' | 'livenessProbe'): readonly string[] {
  const { ports, [name]: probe } = container;
  if (probe === undefined) return [];
  const { httpGet, ...times } = probe;
  const { timeoutSeconds = 1, failureThreshold = 1 } = times;
  return [
    ...(httpGet?.port === ports?.[0]?.containerPort ? [] : [`${name}: port ${httpGet?.port}`]),
    ...(httpGet?.scheme === 'HTTPS' ? [`${name}: HTTPS`] : []),
    ...(times.periodSeconds === undefined || times.periodSeconds < 1 ? [`${name}: period`] : []),
    ...(timeoutSeconds < 1 || failureThreshold < 1 ? [`${name}: numbers`] : []),
  ];
}

function notIn(object: object, allowed: ReadonlySet<string>, where: string): readonly string[] {
  return Object.keys(object).flatMap((key) => (allowed.has(key) ? [] : [`${where}: ${key} is not allowed`]));
}
