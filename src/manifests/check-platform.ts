/** A service × the platform that is written for → what cannot be there, and what of the settings has no effect there. */
import type { Issue } from '../issue.ts';
import type { ServiceSpec } from '../service/spec.ts';
import { portsOf } from './config-map.ts';
import type { Platform } from './deployment-facts.ts';
import { LONGEST } from './names.ts';
import { predictorName } from './workload.ts';

/** Of the proxy that Knative puts into each pod. */
const TAKEN_PORTS = [8008, 8012, 8013, 8022, 8112, 9090, 9091];

export function checkPlatform(spec: ServiceSpec, platform: Platform): readonly Issue[] {
  if (platform === 'knative') return forKnative(spec);
  return [...ports(spec), ...(platform === 'kserve' ? forKServe(spec) : [])];
}

/** As pods have them: those that mlserve.yaml leaves open are known here alone. */
function ports(spec: ServiceSpec): readonly Issue[] {
  const { http, metrics, grpc } = portsOf({ spec, platform: 'kubernetes' });
  const all = [
    ['server.port', http],
    ['server.grpcPort', grpc],
    ['server.metricsPort', metrics],
  ] as const;
  return all.flatMap(([path, port], at) => {
    const other = all.slice(0, at).find(([, earlier]) => port !== undefined && earlier === port);
    if (other === undefined) return [];
    return [problem(path, `in a pod it is ${port}, and ${other[0]} is too`, 'give each port a number of its own')];
  });
}

function forKServe({ name }: ServiceSpec): readonly Issue[] {
  if (predictorName(name).length <= LONGEST) return [];
  const most = LONGEST - predictorName('').length;
  const message = `${JSON.stringify(name)} is too long: KServe makes a Service ${predictorName(name)} of it`;
  return [problem('name', message, `use at most ${most} characters, or another format`)];
}

function forKnative(spec: ServiceSpec): readonly Issue[] {
  const { http } = portsOf({ spec, platform: 'knative' });
  const { deploy, tls } = spec;
  return [
    ...(TAKEN_PORTS.includes(http)
      ? [problem('server.port', `${http} is a port of Knative's own proxy in the pod`, 'use another one, such as 8080')]
      : []),
    ...(tls.clientCa === ''
      ? []
      : [
          problem(
            'tls.clientCa',
            'client certificates end at the gateway of Knative, so the server could not see them',
            'use API keys (auth.keysFile), or another format',
          ),
        ]),
    ...(deploy.expose !== 'none' && deploy.host.startsWith('*')
      ? [problem('deploy.host', 'Knative maps one host name, and no pattern', 'set a name such as fraud.example.com')]
      : []),
  ];
}

function problem(where: string, message: string, hint: string): Issue {
  return { rule: 'deploy.invalid', severity: 'error', where, message, hint };
}

/** Settings that were given and that the platform decides by itself; a line for each. */
export function unusedSettings({ deploy, server, tls }: ServiceSpec, platform: Platform): readonly string[] {
  if (platform === 'kubernetes') return [];
  const unused: readonly (readonly [string, boolean, string])[] = [
    ['deploy.rollout', deploy.rollout === 'argo', 'is not used: the operator replaces the pods'],
    ...(platform === 'kserve' ? [] : knative({ deploy, server, tls })),
  ];
  return unused.flatMap(([setting, isGiven, why]) => (isGiven ? [`${setting} ${why}`] : []));
}

function knative({ deploy, server, tls }: Pick<ServiceSpec, 'deploy' | 'server' | 'tls'>) {
  return [
    ['deploy.autoscaler', deploy.autoscaler === 'keda', 'is not used: Knative counts pods by requests under way'],
    ['deploy.gateway', deploy.expose === 'gateway', 'is not used: the gateway is that of Knative'],
    ['deploy.clientNamespaces', deploy.clientNamespaces !== '', 'is not used: requests come by the gateway of Knative'],
    ['deploy.priorityClass', deploy.priorityClass !== '', 'is not used: Knative allows none by default'],
    ['server.grpcPort', server.grpcPort !== 'off', 'is not used: Knative knows one port, and that is HTTP'],
    ['tls.cert', tls.cert !== '', 'is not used: TLS is between the gateway of Knative and the callers'],
  ] as const;
}
