/** A pod × its events → why its container ended: by itself, for want of memory, or because it did not answer its probes. */
import type { LiveEvent, LivePod } from '../live/live-objects.ts';
import type { PodCause } from './cause.ts';

/** Once may be chance. */
const CRASHES = 2;
const LOG_LINES = 3;
/** Of a server that was told to stop, and of one that had no time to hear it. */
const STOPPED: readonly number[] = [0, 137, 143];

export function crash({ metadata, status }: LivePod, events: readonly LiveEvent[]): PodCause | undefined {
  const found = status?.containerStatuses?.find(
    ({ restartCount, state }) => restartCount > 0 || state?.terminated !== undefined,
  );
  const last = found?.state?.terminated ?? found?.lastState?.terminated;
  if (found === undefined || last === undefined) return undefined;
  const times = {
    isFinal: found.restartCount >= CRASHES,
    evidence: [`${metadata.uid} ended ${found.restartCount}`],
  };
  if (last.reason === 'OOMKilled') {
    return {
      rule: 'rollout.out-of-memory',
      message: 'it takes more memory than its limit and was ended',
      hint: 'give it more: deploy.memoryBytes',
      ...times,
    };
  }
  const silence = events.findLast(
    ({ reason, message = '' }) => reason === 'Unhealthy' && /^(Startup|Liveness)/.test(message),
  );
  if (silence !== undefined && STOPPED.includes(last.exitCode)) {
    return {
      rule: 'rollout.probe',
      message: `it was ended and started again, for it did not answer: ${silence.message}`,
      hint: 'its log says how far it came ("kubectl logs --previous"); a model that loads for longer needs deploy.startupMs',
      ...times,
    };
  }
  const lines = (last.message ?? '')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .slice(-LOG_LINES)
    .join(' | ');
  return {
    rule: 'rollout.crash',
    message: `the server ended with exit code ${last.exitCode}${lines === '' ? '' : `: ${lines}`}`,
    hint: 'read the whole log with "kubectl logs --previous", and run the image here: "mlserve build image" tries it before it gets its name',
    ...times,
  };
}
