/** A service → alerts about its pods: restarts, memory, throttling, no room to grow. From kube-state-metrics and the kubelet. */
import type { DeploymentFacts } from '../deployment-facts.ts';
import type { Numbers } from '../numbers.ts';
import { workloadOf } from '../workload.ts';
import type { Alert } from './alert.ts';
import { selector } from './promql.ts';

const RESTARTS = 'kube_pod_container_status_restarts_total';
const TERMINATED = 'kube_pod_container_status_last_terminated_reason';
const THROTTLED = 'container_cpu_cfs_throttled_periods_total';
const PERIODS = 'container_cpu_cfs_periods_total';
const REPLICAS = 'kube_horizontalpodautoscaler_status_current_replicas';
const MOST = 'kube_horizontalpodautoscaler_spec_max_replicas';
const THROTTLED_PERCENT = 25;

export function podAlerts(facts: DeploymentFacts, { cpuLimit }: Numbers): readonly Alert[] {
  return [
    restarts(facts),
    outOfMemory(facts),
    ...(cpuLimit === undefined ? [] : [throttled(facts)]),
    ...(facts.environment === 'dev' ? [] : noRoom(facts)),
  ];
}

/** The pods of the service alone. */
function podMatchers(facts: DeploymentFacts) {
  const { pods, container } = workloadOf(facts);
  return { namespace: facts.namespace, pod: `~${pods}`, container };
}

function onePod(facts: DeploymentFacts) {
  const { examplePod, container } = workloadOf(facts);
  return { namespace: facts.namespace, pod: examplePod, container };
}

function restarts(facts: DeploymentFacts): Alert {
  const at = (values: string) => [{ series: selector(RESTARTS, onePod(facts)), values }];
  const { container: _, ...labels } = onePod(facts);
  return {
    name: 'MlserveRestarts',
    expr: `sum by (namespace, pod) (increase(${selector(RESTARTS, podMatchers(facts))}[15m])) > 2`,
    for: '1m',
    severity: 'critical',
    summary: `A pod of ${facts.spec.name} starts again and again.`,
    description: 'kubectl logs --previous shows the last words of the process, kubectl describe pod why it ended.',
    tests: [
      { input: at('0+1x30'), atMinute: 20, fires: labels },
      { input: at('0x10 1x20'), atMinute: 20, fires: undefined },
    ],
  };
}

function outOfMemory(facts: DeploymentFacts): Alert {
  const { container: _, ...labels } = onePod(facts);
  const input = (reason: string) => [
    { series: selector(TERMINATED, { ...onePod(facts), reason }), values: '_x9 1x30' },
    { series: selector(RESTARTS, onePod(facts)), values: '0x9 1x30' },
  ];
  const killed = selector(TERMINATED, { ...podMatchers(facts), reason: 'OOMKilled' });
  const restarted = `increase(${selector(RESTARTS, podMatchers(facts))}[15m]) > 0`;
  return {
    name: 'MlserveOutOfMemory',
    expr: `max by (namespace, pod) (${killed}) == 1 and on (namespace, pod) max by (namespace, pod) (${restarted})`,
    for: '0m',
    severity: 'critical',
    summary: `A pod of ${facts.spec.name} was ended because it took more memory than its limit.`,
    description: 'Set deploy.memoryBytes higher, or limits.queueBytes or batching.maxRows lower.',
    tests: [
      { input: input('OOMKilled'), atMinute: 15, fires: labels },
      { input: input('Completed'), atMinute: 15, fires: undefined },
    ],
  };
}

function throttled(facts: DeploymentFacts): Alert {
  const rate = (metric: string) => `sum by (namespace, pod) (rate(${selector(metric, podMatchers(facts))}[5m]))`;
  const input = (values: string) => [
    { series: selector(THROTTLED, onePod(facts)), values },
    { series: selector(PERIODS, onePod(facts)), values: '0+600x40' },
  ];
  const { container: _, ...labels } = onePod(facts);
  return {
    name: 'MlserveThrottled',
    expr: `${rate(THROTTLED)} / ${rate(PERIODS)} > ${THROTTLED_PERCENT / 100}`,
    for: '15m',
    severity: 'warning',
    summary: `A pod of ${facts.spec.name} is held up by its CPU limit more than ${THROTTLED_PERCENT} % of the time.`,
    description:
      'Give it more (deploy.cpuMillicores), fewer threads (engine.threads), or no limit (deploy.cpuLimit: off).',
    tests: [
      { input: input('0+300x40'), atMinute: 30, fires: labels },
      { input: input('0+30x40'), atMinute: 30, fires: undefined },
    ],
  };
}

/** Knative counts pods by itself, and kube-state-metrics does not see that. */
function noRoom(facts: DeploymentFacts): readonly Alert[] {
  const { autoscaler } = workloadOf(facts);
  return autoscaler === undefined ? [] : [atMost(facts, autoscaler)];
}

function atMost({ spec, namespace }: DeploymentFacts, autoscaler: string): Alert {
  const matchers = { namespace, horizontalpodautoscaler: autoscaler };
  const input = (current: number) => [
    { series: selector(REPLICAS, matchers), values: `${current}x60` },
    { series: selector(MOST, matchers), values: '10x60' },
  ];
  return {
    name: 'MlserveAtMostReplicas',
    expr: `${selector(REPLICAS, matchers)} >= ${selector(MOST, matchers)}`,
    for: '30m',
    severity: 'warning',
    summary: `${spec.name} has had as many pods as it may for half an hour.`,
    description: 'Nothing is left for more load: raise deploy.maxReplicas.',
    tests: [
      { input: input(10), atMinute: 40, fires: matchers },
      { input: input(9), atMinute: 40, fires: undefined },
    ],
  };
}
