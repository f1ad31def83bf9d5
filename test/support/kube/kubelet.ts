/** What becomes of a pod of the tests: its statuses and events, one after the other, as a kubelet writes them. */
import type { Stored } from './objects.ts';

export interface PodEvent {
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
}

export interface PodStep {
  /** Since the step before. */
  readonly afterMs: number;
  readonly status: object;
  readonly event?: PodEvent;
}

export type PodCourse = readonly PodStep[];

const STEP_MS = 60;

interface ContainerState {
  readonly ready?: boolean;
  readonly restartCount?: number;
  readonly state: object;
  readonly lastState?: object;
}

const condition = (type: string, isTrue: boolean, detail: object = {}): object => ({
  type,
  status: isTrue ? 'True' : 'False',
  ...detail,
});

function status(phase: string, { ready = false, restartCount = 0, state, lastState = {} }: ContainerState): object {
  return {
    phase,
    conditions: [condition('PodScheduled', true), condition('Ready', ready), condition('ContainersReady', ready)],
    containerStatuses: [{ name: 'server', ready, started: ready, restartCount, state, lastState }],
  };
}

const waiting = (reason: string, message?: string): object => ({
  waiting: message === undefined ? { reason } : { reason, message },
});
const creating: PodStep = { afterMs: STEP_MS, status: status('Pending', { state: waiting('ContainerCreating') }) };
const started: PodStep = { afterMs: STEP_MS, status: status('Running', { state: { running: {} } }) };

export function becomesReady(): PodCourse {
  return [creating, started, { afterMs: STEP_MS, status: status('Running', { ready: true, state: { running: {} } }) }];
}

export function imageCannotBePulled(image: string): PodCourse {
  const reason = `rpc error: code = NotFound desc = failed to pull and unpack image "${image}": failed to resolve reference "${image}": ${image}: not found`;
  return [
    creating,
    {
      afterMs: STEP_MS,
      status: status('Pending', { state: waiting('ErrImagePull', reason) }),
      event: { type: 'Warning', reason: 'Failed', message: `Failed to pull image "${image}": ${reason}` },
    },
    {
      afterMs: STEP_MS,
      status: status('Pending', { state: waiting('ImagePullBackOff', `Back-off pulling image "${image}"`) }),
      event: { type: 'Normal', reason: 'BackOff', message: `Back-off pulling image "${image}"` },
    },
  ];
}

export function crashLoops(message: string, exitCode = 2, reason = 'Error'): PodCourse {
  const terminated = { terminated: { exitCode, reason, message } };
  const backOff = waiting('CrashLoopBackOff', 'back-off 20s restarting failed container=server');
  return [
    creating,
    started,
    ...[1, 2, 3].map(
      (restartCount): PodStep => ({
        afterMs: STEP_MS,
        status: status('Running', { restartCount, state: backOff, lastState: terminated }),
        event: { type: 'Warning', reason: 'BackOff', message: 'Back-off restarting failed container server' },
      }),
    ),
  ];
}

export function isNeverReady(): PodCourse {
  const message = 'Startup probe failed: HTTP probe failed with statuscode: 503';
  return [creating, { ...started, event: { type: 'Warning', reason: 'Unhealthy', message } }];
}

export function isNeverScheduled(message: string): PodCourse {
  return [
    {
      afterMs: STEP_MS,
      status: {
        phase: 'Pending',
        conditions: [condition('PodScheduled', false, { reason: 'Unschedulable', message })],
      },
      event: { type: 'Warning', reason: 'FailedScheduling', message },
    },
  ];
}

/** The container waits for a Secret or ConfigMap that is not there. */
export function lacksConfig(message: string): PodCourse {
  return [
    creating,
    {
      afterMs: STEP_MS,
      status: status('Pending', { state: waiting('CreateContainerConfigError', message) }),
      event: { type: 'Warning', reason: 'Failed', message: `Error: ${message}` },
    },
  ];
}

export function isReady(pod: Stored): boolean {
  const { conditions = [] } = (pod.status ?? {}) as { conditions?: readonly { type: string; status: string }[] };
  return conditions.some(({ type, status: is }) => type === 'Ready' && is === 'True');
}
