/** The section `deploy` of the service spec, resolved: what `mlserve deploy` writes for Kubernetes. */

/** What the cluster is told. */
export interface DeploySpec {
  /** Empty: the name of the service. */
  readonly namespace: string;
  readonly minReplicas: number;
  readonly maxReplicas: number;
  /** Percent of the request; 0 derives it. */
  readonly cpuTarget: number;
  readonly autoscaler: 'hpa' | 'keda';
  readonly rollout: 'deployment' | 'argo';
  /** 0 derives it. */
  readonly cpuMillicores: number;
  readonly cpuLimit: 'on' | 'off';
  /** 0 derives it. */
  readonly memoryBytes: number;
  /** 0 derives it. */
  readonly startupMs: number;
  readonly expose: 'none' | 'gateway' | 'ingress';
  /** `namespace/name`; empty: none. */
  readonly gateway: string;
  readonly host: string;
  readonly ingressClass: string;
  /** Empty: derived from the name, as for the other Secrets. */
  readonly ingressTls: string;
  /** Separated by commas; empty: none. */
  readonly gatewayNamespaces: string;
  readonly clientNamespaces: string;
  readonly monitor: 'pod' | 'service' | 'annotations' | 'off';
  readonly monitoringNamespace: string;
  /** Empty: that of the operator's own Service. */
  readonly prometheusUrl: string;
  readonly runbookUrl: string;
  readonly errorPercent: number;
  readonly pullPolicy: 'Always' | 'IfNotPresent';
  readonly pullSecret: string;
  readonly keysSecret: string;
  readonly tlsSecret: string;
  readonly priorityClass: string;
  /** Applied last, in this order. */
  readonly patches: readonly DeployPatch[];
}

export const ENVIRONMENTS = ['dev', 'staging', 'prod'] as const;
export type Environment = (typeof ENVIRONMENTS)[number];

/** A change to objects that are written. */
export interface DeployPatch {
  readonly kind: string;
  /** Undefined stands for every one; the Service of Knative needs it, for the kind alone is that of Kubernetes. */
  readonly apiVersion?: string | undefined;
  /** Undefined: every object of the kind. */
  readonly name: string | undefined;
  /** Undefined: in every environment. */
  readonly env: Environment | undefined;
  /** A mapping: strategic merge patch. A list: JSON patch (RFC 6902). */
  readonly patch: Readonly<Record<string, unknown>> | readonly Readonly<Record<string, unknown>>[];
}
