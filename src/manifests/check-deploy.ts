/** A service × the namespace of its environments → what of `deploy` does not go together, or no cluster takes. */
import type { Issue } from '../issue.ts';
import { plural } from '../plural.ts';
import type { DeploySpec, Environment } from '../service/deploy-spec.ts';
import type { ServiceSpec } from '../service/spec.ts';
import { hasKnownLabels } from './monitoring/monitor.ts';
import { listOf } from './names.ts';
import { hostOf } from './traffic/http-route.ts';

const LABEL = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;
const HOST = /^(?=.{1,253}$)(\*\.)?[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?(\.[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)*$/;
/** Of Secrets and classes. */
const SUBDOMAIN = /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/;

/** `namespaces`, `environments`: those that are written. */
export function checkDeploy(
  spec: ServiceSpec,
  namespaces: readonly string[],
  environments: readonly Environment[],
): readonly Issue[] {
  const { deploy } = spec;
  return [
    ...namespaces.filter((name) => !LABEL.test(name)).map((name) => notLabel('deploy.namespace', name)),
    ...(['gatewayNamespaces', 'clientNamespaces', 'monitoringNamespace'] as const).flatMap((key) =>
      listOf(deploy[key])
        .filter((name) => !LABEL.test(name))
        .map((name) => notLabel(`deploy.${key}`, name)),
    ),
    ...namesOf(deploy),
    ...exposure(spec, environments),
    ...prometheus(deploy),
    ...replicas(deploy),
    ...threads(spec),
  ];
}

function namesOf(deploy: DeploySpec): readonly Issue[] {
  const keys = ['ingressClass', 'ingressTls', 'pullSecret', 'keysSecret', 'tlsSecret', 'priorityClass'] as const;
  return keys
    .filter((key) => deploy[key] !== '' && !SUBDOMAIN.test(deploy[key]))
    .map((key) =>
      problem(
        `deploy.${key}`,
        `${JSON.stringify(deploy[key])} is no name of an object`,
        'use lower-case letters, digits, "-" and ".", at most 253',
      ),
    );
}

function exposure(spec: ServiceSpec, environments: readonly Environment[]): readonly Issue[] {
  const { expose, gateway } = spec.deploy;
  if (expose === 'none') return [];
  return [...hosts(spec, environments), ...(expose === 'gateway' && !isGateway(gateway) ? [noGateway(gateway)] : [])];
}

function hosts(spec: ServiceSpec, environments: readonly Environment[]): readonly Issue[] {
  const { expose, host } = spec.deploy;
  const hint = 'set deploy.host to a name such as fraud.example.com';
  if (host === '') {
    return [problem('deploy.host', `deploy.expose is ${expose}, and no host name is given`, hint)];
  }
  if (!isHost(host)) return [problem('deploy.host', `${JSON.stringify(host)} is no host name`, hint)];
  return environments
    .map((environment) => [environment, hostOf({ spec, environment })] as const)
    .filter(([, own]) => !isHost(own))
    .map(([environment, own]) =>
      problem(
        'deploy.host',
        `${JSON.stringify(host)} would be ${JSON.stringify(own)} in ${environment}, which is no host name`,
        'set a name whose first part can grow, or write one environment alone: --env prod',
      ),
    );
}

/** Gateways and Ingresses take no addresses. */
function isHost(text: string): boolean {
  return HOST.test(text) && !/^[\d.]+$/.test(text);
}

function isGateway(text: string): boolean {
  const parts = text.split('/');
  return parts.length === 2 && parts.every((part) => SUBDOMAIN.test(part));
}

function noGateway(gateway: string): Issue {
  const message =
    gateway === ''
      ? 'deploy.expose is gateway, and no Gateway is named'
      : `${JSON.stringify(gateway)} names no Gateway`;
  return problem('deploy.gateway', message, 'set deploy.gateway to NAMESPACE/NAME; kubectl get gateways -A lists them');
}

function prometheus({ autoscaler, monitor, prometheusUrl }: DeploySpec): readonly Issue[] {
  const isAsked = autoscaler === 'hpa' || hasKnownLabels({ monitor });
  return [
    ...(prometheusUrl === '' || /^https?:\/\/[^\s/]+(\/\S*)?$/.test(prometheusUrl)
      ? []
      : [
          problem(
            'deploy.prometheusUrl',
            `${JSON.stringify(prometheusUrl)} is no address of Prometheus`,
            'write it as http://prometheus.monitoring.svc:9090',
          ),
        ]),
    ...(isAsked
      ? []
      : [
          problem(
            'deploy.autoscaler',
            `KEDA asks Prometheus for the rows that wait, and with deploy.monitor: ${monitor} nobody knows which labels they have`,
            'set deploy.monitor to pod or service, or deploy.autoscaler to hpa',
          ),
        ]),
  ];
}

function replicas({ minReplicas, maxReplicas }: DeploySpec): readonly Issue[] {
  if (minReplicas <= maxReplicas) return [];
  const message = `${plural(minReplicas, 'pod')} at least, and ${maxReplicas} at most (deploy.maxReplicas)`;
  return [problem('deploy.minReplicas', message, 'swap or correct them')];
}

/** The ConfigMap could tell the others how many only by telling all models. */
function threads({ deploy, models }: ServiceSpec): readonly Issue[] {
  const open = models.filter(({ engine }) => engine.threads === 0).map(({ name }) => name);
  if (deploy.cpuLimit === 'on' || open.length === 0 || open.length === models.length) return [];
  const message = `without a CPU limit ${open.join(', ')} would take a thread for every core of the node`;
  const hint = 'set engine.threads of every model or of none, or deploy.cpuLimit: on';
  return [problem('deploy.cpuLimit', message, hint)];
}

function notLabel(where: string, name: string): Issue {
  const hint = 'use at most 63 lower-case letters, digits and "-", not at the ends';
  return problem(where, `${JSON.stringify(name)} is no name of a namespace`, hint);
}

function problem(where: string, message: string, hint: string): Issue {
  return { rule: 'deploy.invalid', severity: 'error', where, message, hint };
}
