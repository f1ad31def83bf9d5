/** A service × its lock × the environment → the numbers of a pod, each with how it came about. */
import type { DeploymentFacts } from './deployment-facts.ts';
import { cpuOf } from './numbers/cpu.ts';
import { memoryOf } from './numbers/memory.ts';
import { queueText } from './numbers/queue.ts';
import { startupOf, stopOf } from './numbers/times.ts';

export interface Derived {
  readonly value: number;
  /** For people who read the manifest. */
  readonly why: string;
}

export interface Numbers {
  /** Thousandths of a core. */
  readonly cpuMillicores: Derived;
  /** Whole cores; undefined: no limit. */
  readonly cpuLimit: Derived | undefined;
  /** Threads of a session, where there is no limit to derive them from. */
  readonly threads: Derived | undefined;
  /** Percent of the requested CPU at which more pods are started. */
  readonly cpuTarget: Derived;
  readonly memoryMebibytes: Derived;
  /** Of JavaScript objects. */
  readonly heapMebibytes: Derived;
  readonly startupSeconds: Derived;
  /** Between "not ready" and the closed port. */
  readonly drainDelayMs: Derived;
  readonly graceSeconds: Derived;
  /** Rows that may wait for each model, in words: the server sets the bound. */
  readonly queue: string;
}

/** From what was measured with these settings, else from documented defaults. */
export function deriveNumbers(facts: DeploymentFacts): Numbers {
  return {
    ...cpuOf(facts),
    ...memoryOf(facts),
    startupSeconds: startupOf(facts),
    ...stopOf(facts),
    queue: queueText(facts),
  };
}
