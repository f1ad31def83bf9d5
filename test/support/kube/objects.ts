/** What the API server of the tests holds: objects as JSON, their kinds, and the statuses of its refusals. */

export interface Metadata {
  name: string;
  namespace?: string;
  uid?: string;
  generation?: number;
  resourceVersion?: string;
  creationTimestamp?: string;
  deletionTimestamp?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  ownerReferences?: readonly { readonly uid: string; readonly kind: string; readonly name: string }[];
  managedFields?: readonly object[];
}

export interface Stored {
  apiVersion: string;
  kind: string;
  metadata: Metadata;
  [member: string]: unknown;
}

export interface Resource {
  readonly apiVersion: string;
  readonly kind: string;
  readonly plural: string;
  readonly isNamespaced: boolean;
}

const row = (apiVersion: string, kind: string, plural: string, isNamespaced = true): Resource => ({
  apiVersion,
  kind,
  plural,
  isNamespaced,
});

/** Of every cluster. */
export const CORE: readonly Resource[] = [
  row('v1', 'Namespace', 'namespaces', false),
  row('v1', 'ConfigMap', 'configmaps'),
  row('v1', 'Event', 'events'),
  row('v1', 'Pod', 'pods'),
  row('v1', 'Secret', 'secrets'),
  row('v1', 'Service', 'services'),
  row('v1', 'ServiceAccount', 'serviceaccounts'),
  row('apps/v1', 'Deployment', 'deployments'),
  row('apps/v1', 'ReplicaSet', 'replicasets'),
  row('autoscaling/v2', 'HorizontalPodAutoscaler', 'horizontalpodautoscalers'),
  row('networking.k8s.io/v1', 'Ingress', 'ingresses'),
  row('networking.k8s.io/v1', 'NetworkPolicy', 'networkpolicies'),
  row('policy/v1', 'PodDisruptionBudget', 'poddisruptionbudgets'),
];

/** Of a cluster where somebody has installed them. */
export const CUSTOM: readonly Resource[] = [
  row('monitoring.coreos.com/v1', 'PodMonitor', 'podmonitors'),
  row('monitoring.coreos.com/v1', 'ServiceMonitor', 'servicemonitors'),
  row('monitoring.coreos.com/v1', 'PrometheusRule', 'prometheusrules'),
  row('gateway.networking.k8s.io/v1', 'HTTPRoute', 'httproutes'),
];

/** An answer of the API server that is no object. */
export interface Refusal {
  readonly code: number;
  readonly reason: string;
  readonly message: string;
  readonly details?: object;
}

export function statusOf({ code, reason, message, details = {} }: Refusal): object {
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, details, code };
}

/** Thrown by what handles a request. */
export class Refused extends Error {
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    super(refusal.message);
    this.refusal = refusal;
  }
}

export function notFound(plural: string, name: string): Refused {
  const message = `${plural} "${name}" not found`;
  return new Refused({ code: 404, reason: 'NotFound', message, details: { name, kind: plural } });
}

const LABEL_NAME = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const SUBDOMAIN = /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/;
const LABEL = /^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/;

/** As the API server judges names, and values of labels, also in templates. */
export function checkNames({ kind, metadata, ...rest }: Stored): void {
  const { name, labels = {} } = metadata;
  const template = (rest.spec as { template?: { metadata?: { labels?: Record<string, string> } } } | undefined)
    ?.template;
  const [rule, longest] = ['Service', 'Namespace'].includes(kind)
    ? ([LABEL_NAME, 63] as const)
    : ([SUBDOMAIN, 253] as const);
  const causes = [
    ...(name.length > longest || !rule.test(name)
      ? [{ field: 'metadata.name', message: `Invalid value: "${name}": must be no more than ${longest} characters` }]
      : []),
    ...Object.entries({ ...labels, ...template?.metadata?.labels })
      .filter(([, value]) => value.length > 63 || !LABEL.test(value))
      .map(([, value]) => ({
        field: 'metadata.labels',
        message: `Invalid value: "${value}": must be a valid label value`,
      })),
  ];
  if (causes.length === 0) return;
  throw new Refused({
    code: 422,
    reason: 'Invalid',
    message: `${kind} "${name}" is invalid: ${causes.map(({ field, message }) => `${field}: ${message}`).join(', ')}`,
    details: { name, kind, causes: causes.map((cause) => ({ reason: 'FieldValueInvalid', ...cause })) },
  });
}
