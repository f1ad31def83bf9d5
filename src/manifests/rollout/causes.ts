/** What is observed of a rollout → what keeps it, with what the cluster says of it and what to do. */

import type { LiveEvent, LivePod } from '../live/live-objects.ts';
import { type Cause, evidenceOf, type PodCause } from './cause.ts';
import { crash } from './crash.ts';
import { creationCauses } from './creation-causes.ts';
import { isReady, newPods } from './new-pods.ts';
import type { ObservedRollout } from './observed.ts';

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

function podCause(pod: LivePod, events: readonly LiveEvent[]): PodCause | undefined {
  return scheduling(pod) ?? waiting(pod, events) ?? crash(pod, events) ?? mount(events) ?? probe(events);
}

function scheduling({ status }: LivePod): PodCause | undefined {
  const found = status?.conditions?.find((each) => each.type === 'PodScheduled' && each.status === 'False');
  if (found === undefined) return undefined;
  const { message = 'the scheduler does not say why' } = found;
  return {
    rule: 'rollout.pending',
    message: `no node takes it: ${message}`,
    hint: /selector|affinity|taint/.test(message.replace(/preemption:.*/, ''))
      ? 'free or add a node that it may run on; which nodes those are is for deploy.patches: nodeSelector, affinity, tolerations'
      : 'free or add a node, or ask for less: deploy.memoryBytes, deploy.cpuMillicores',
    // A cluster may add a node by itself.
    isFinal: false,
    evidence: [],
  };
}

const PULL = /^(ErrImagePull|ImagePullBackOff|InvalidImageName|ErrImageNeverPull|RegistryUnavailable)$/;
/** The name of the image is in what follows. */
const PULLING = /^(Failed to pull|Back-off pulling) image "[^"]*": (ErrImagePull: )?/;
/** What a registry says for good. */
const NOT_THERE = /not found|manifest unknown|does not exist/i;
const NOT_ALLOWED = /unauthorized|denied|forbidden|authentication required|no basic auth/i;

function waiting({ metadata, status }: LivePod, events: readonly LiveEvent[]): PodCause | undefined {
  const found = status?.containerStatuses?.find(({ state }) => state?.waiting !== undefined)?.state?.waiting;
  const { reason = '', message = '' } = found ?? {};
  if (PULL.test(reason)) {
    const tries = events.filter((event) => event.reason === 'Failed' && event.message?.includes('pull'));
    const text = (tries[0]?.message ?? message).replace(PULLING, '');
    const isRefused = NOT_ALLOWED.test(text);
    return {
      rule: 'rollout.image-pull',
      message: `the image cannot be pulled: ${text || reason}`,
      hint: isRefused
        ? 'give the namespace a pull secret and name it in deploy.pullSecret'
        : 'push the image ("mlserve build image --push"), to a registry that the nodes reach',
      isFinal: reason === 'InvalidImageName' || (reason === 'ImagePullBackOff' && (isRefused || NOT_THERE.test(text))),
      evidence: [`${metadata.uid} ${reason}`, ...evidenceOf(tries)],
    };
  }
  if (/^(CreateContainerConfigError|CreateContainerError|RunContainerError)$/.test(reason)) {
    return {
      rule: 'rollout.container-config',
      message: `the container cannot be made: ${message || reason}`,
      hint: 'make the Secret or ConfigMap that it names; docs/deploy.md lists those that a service needs',
      // A Secret may come a moment later.
      isFinal: false,
      evidence: [],
    };
  }
  return undefined;
}

function mount(events: readonly LiveEvent[]): PodCause | undefined {
  const found = events.findLast(({ reason }) => reason === 'FailedMount');
  if (found === undefined) return undefined;
  return {
    rule: 'rollout.mount',
    message: `a volume cannot be mounted: ${found.message ?? ''}`,
    hint: 'make the Secret or ConfigMap that it names; docs/deploy.md lists those that a service needs',
    isFinal: false,
    evidence: [],
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
    evidence: [],
  };
}
