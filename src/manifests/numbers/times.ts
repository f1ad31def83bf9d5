/** A service × what was measured of its models → how long a pod may take to start, and to stop. */
import { defaultLoadLimits } from '../../model/load-limits.ts';
import type { DeploymentFacts } from '../deployment-facts.ts';
import type { Derived, Numbers } from '../numbers.ts';
import { fileBytes, type MeasuredModel, measuredModels } from './measured.ts';

const MIB = 2 ** 20;
const START_SECONDS = 60;
const LOAD_MARGIN = 4;
/** A node that reads a model for the first time may read no more than 100 MiB in a second. */
const READ_MS_PER_MIB = 10;
/** So that a second measurement seldom gives another number. */
const STEP_SECONDS = 10;
/** Kubernetes tells load balancers and pods at the same time; slow ones know after some seconds. */
const DRAIN_DELAY_MS = 10_000;
/** What the server adds to its own time limit, and the end of the process. */
const EXIT_SECONDS = 5;
/** Beyond a run that cannot be stopped. */
const AFTER_RUN_SECONDS = 2;

export function startupOf(facts: DeploymentFacts): Derived {
  const { deploy, limits } = facts.spec;
  if (deploy.startupMs > 0) return { value: Math.ceil(deploy.startupMs / 1000), why: 'deploy.startupMs' };
  const models = measuredModels(facts);
  const bytes = models.reduce((sum, { locked }) => sum + fileBytes(locked), 0);
  const size = `${(bytes / MIB).toFixed(1)} MiB`;
  const readyMs = allReadyMs(models);
  if (readyMs === undefined) {
    const loadMs = limits.loadTimeoutMs > 0 ? limits.loadTimeoutMs : defaultLoadLimits(bytes).timeoutMs;
    const value = START_SECONDS + Math.ceil((LOAD_MARGIN * loadMs) / 1000);
    const why = `${value} s: ${START_SECONDS} s for the container + ${LOAD_MARGIN} × ${loadMs / 1000} s that validate allows for a load and a run of ${size}`;
    return { value, why };
  }
  const seconds = START_SECONDS + Math.max(LOAD_MARGIN * readyMs, (bytes / MIB) * READ_MS_PER_MIB) / 1000;
  const value = Math.ceil(seconds / STEP_SECONDS) * STEP_SECONDS;
  const why = `${value} s: ${START_SECONDS} s for the container + ${LOAD_MARGIN} × ${(readyMs / 1000).toFixed(1)} s measured until ready, at least ${READ_MS_PER_MIB} ms for each of ${size}; rounded up to ${STEP_SECONDS}`;
  return { value, why };
}

/** Of all models one after the other; undefined where one was not measured. */
function allReadyMs(models: readonly MeasuredModel[]): number | undefined {
  let sum = 0;
  for (const { measurement } of models) {
    if (measurement === undefined) return undefined;
    sum += measurement.load.readyMs;
  }
  return sum;
}

export function stopOf(facts: DeploymentFacts): Pick<Numbers, 'drainDelayMs' | 'graceSeconds'> {
  const { drain } = facts.spec;
  const drainDelayMs =
    drain.delayMs > 0
      ? { value: drain.delayMs, why: 'drain.delayMs' }
      : { value: DRAIN_DELAY_MS, why: '0 in mlserve.yaml, and load balancers need some seconds to notice' };
  const longestMs = longestRunMs(measuredModels(facts));
  const end = Math.max(EXIT_SECONDS, Math.ceil(longestMs / 1000) + AFTER_RUN_SECONDS);
  const run = longestMs === 0 ? '' : `, the longest measured run of ${longestMs} ms among them`;
  const cut = longestMs > drain.timeoutMs ? '; that run is longer than drain.timeoutMs, and is cut' : '';
  return {
    drainDelayMs,
    graceSeconds: {
      value: Math.ceil((drainDelayMs.value + drain.timeoutMs) / 1000) + end,
      why: `${drainDelayMs.value / 1000} s until load balancers have noticed + ${drain.timeoutMs / 1000} s for requests in flight (drain.timeoutMs) + ${end} s to end${run}${cut}`,
    },
  };
}

/** 0 where nothing was measured. */
function longestRunMs(models: readonly MeasuredModel[]): number {
  return Math.max(0, ...models.flatMap(({ measurement }) => measurement?.latency.map(({ p99Ms }) => p99Ms) ?? []));
}
