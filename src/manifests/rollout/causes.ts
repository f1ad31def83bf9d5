/** What is observed of a rollout → what keeps it, with what the cluster says of it and what to do. */

import type { LiveEvent, LivePod } from '../live/live-objects.ts';
import { creationCauses } from './creation-causes.ts';
import { isReady, newPods } from './new-pods.ts';
import type { ObservedRollout } from './observed.ts';

export interface Cause {
  /** `rollout.image-pull`: the rule of a finding. */
  readonly rule: string;
  /** `Pod/fraud-6d4b75cb6d-x7k2p` */
  readonly where: string;
  readonly message: string;
  readonly hint: string;
  /** Waiting longer does not help: somebody has to do something. */
  readonly isFinal: boolean;
}

/** One for each pod at most, the first that explains it; and why there are too few pods. */
export function causesOf(rollout: ObservedRollout): readonly Cause[] {
  const pods = newPods(rollout).filter((pod) => !isReady(pod));
  return [
    ...creationCauses(rollout),
    ...pods.flatMap((pod) => {
      const events = rollout.events.filter(({ involvedObject }) => involvedObject.uid === pod.metadata.uid);
      const cause = podCause(pod, events);
      return cause === undefined ? [] : [{ ...cause, where: `Pod/${pod.metadata.name}` }];
    }),
  ];
}

type PodCause = Omit<Cause, 'where'>;

function podCause(pod: LivePod, events: readonly LiveEvent[]): PodCause | undefined {
  return scheduling(pod) ?? waiting(pod, events) ?? crash(pod) ?? mount(events) ?? probe(events);
}

function scheduling({ status }: LivePod): PodCause | undefined {
  const found = status?.conditions?.find((each) => each.type === 'PodScheduled' && each.status === 'False');
  if (found === undefined) return undefined;
  return {
    rule: 'rollout.pending',
    message: `no node takes it: ${found.message ?? 'the scheduler does not say why'}`,
    hint: 'free or add a node, or ask for less: deploy.memoryBytes, deploy.cpuMillicores',
    // A cluster may add a node by itself.
    isFinal: false,
  };
}

const PULL = /^(ErrImagePull|ImagePullBackOff|InvalidImageName|ErrImageNeverPull|RegistryUnavailable)$/;
/** The name of the image is in what follows. */
const PULLING = /^(Failed to pull|Back-off pulling) image "[^"]*": (ErrImagePull: )?/;
/** What a registry says for good. */
const NOT_THERE = /not found|manifest unknown|does not exist/i;
const NOT_ALLOWED = /unauthorized|denied|forbidden|authentication required|no basic auth/i;

function waiting({ status }: LivePod, events: readonly LiveEvent[]): PodCause | undefined {
  const found = status?.containerStatuses?.find(({ state }) => state?.waiting !== undefined)?.state?.waiting;
  const { reason = '', message = '' } = found ?? {};
  if (PULL.test(reason)) {
    const said = events.find((event) => event.reason === 'Failed' && event.message?.includes('pull'))?.message;
    const text = (said ?? message).replace(PULLING, '');
    const isRefused = NOT_ALLOWED.test(text);
    return {
      rule: 'rollout.image-pull',
      message: `the image cannot be pulled: ${text || reason}`,
      hint: isRefused
        ? 'give the namespace a pull secret and name it in deploy.pullSecret'
        : 'push the image ("mlserve build image --push"), to a registry that the nodes reach',
      isFinal: reason === 'InvalidImageName' || (reason === 'ImagePullBackOff' && (isRefused || NOT_THERE.test(text))),
    };
  }
  if (/^(CreateContainerConfigError|CreateContainerError|RunContainerError)$/.test(reason)) {
    return {
      rule: 'rollout.container-config',
      message: `the container cannot be made: ${message || reason}`,
      hint: 'make the Secret or ConfigMap that it names; docs/deploy.md lists those that a service needs',
      // A Secret may come a moment later.
      isFinal: false,
    };
  }
  return undefined;
}

/** Once may be chance. */
const CRASHES = 2;
const LOG_LINES = 3;

function crash({ status }: LivePod): PodCause | undefined {
  const found = status?.containerStatuses?.find(
    ({ restartCount, state }) => restartCount > 0 || state?.terminated !== undefined,
  );
  const last = found?.state?.terminated ?? found?.lastState?.terminated;
  if (found === undefined || last === undefined) return undefined;
  const isMemory = last.reason === 'OOMKilled';
  const lines = (last.message ?? '')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .slice(-LOG_LINES)
    .join(' | ');
  return {
    rule: isMemory ? 'rollout.out-of-memory' : 'rollout.crash',
    message: isMemory
      ? 'it takes more memory than its limit and was ended'
      : `the server ended with exit code ${last.exitCode}${lines === '' ? '' : `: ${lines}`}`,
    hint: isMemory
      ? 'give it more: deploy.memoryBytes'
      : 'read the whole log with "kubectl logs --previous", and run the image here: "mlserve build image" tries it before it gets its name',
    isFinal: found.restartCount >= CRASHES,
  };
}

function mount(events: readonly LiveEvent[]): PodCause | undefined {
  const found = events.findLast(({ reason }) => reason === 'FailedMount');
  if (found === undefined) return undefined;
  return {
    rule: 'rollout.mount',
    message: `a volume cannot be mounted: ${found.message ?? ''}`,
    hint: 'make the Secret or ConfigMap that it names; docs/deploy.md lists those that a service needs',
    isFinal: false,
  };
}

function probe(events: readonly LiveEvent[]): PodCause | undefined {
  const found = events.findLast(({ reason }) => reason === 'Unhealthy');
  if (found === undefined) return undefined;
  return {
    rule: 'rollout.probe',
    message: `it runs but is not ready: ${found.message ?? ''}`,
    hint: 'its log says what it waits for ("kubectl logs"); a model that loads for longer needs deploy.startupMs',
    isFinal: false,
  };
}
