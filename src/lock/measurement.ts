/** What `mlserve measure` found out about a model on some machine, as the lock keeps it beside what ships. */
import type { Digest } from '../model/fingerprint.ts';
import type { Lock } from './lock.ts';

/** Times in milliseconds, sizes in bytes. */
export interface Measurement {
  /** The model and the runtime that were measured: of others it says nothing. */
  readonly name: string;
  readonly version: string;
  readonly digest: Digest;
  /** Version of onnxruntime-node. */
  readonly runtime: string;
  /** ISO 8601, in UTC. */
  readonly measuredAt: string;
  readonly machine: Machine;
  readonly settings: MeasuredSettings;
  readonly engine: {
    readonly mode: 'inline' | 'worker';
    /** Of one session. */
    readonly threads: number;
    /** Most rows of different requests that share a run. */
    readonly batchRows: number;
  };
  readonly load: {
    /** Of the first session, from the file to the session. */
    readonly sessionMs: number;
    /** Of all sessions, with the runs that warm them. */
    readonly readyMs: number;
  };
  /** Resident memory of the process: without the model, with it, and the most there was under load. */
  readonly memory: { readonly beforeBytes: number; readonly loadedBytes: number; readonly peakBytes: number };
  /** By rows of a run, the fewest first. Empty where no input was found that the model takes. */
  readonly latency: readonly Latency[];
  /** Of `latency`, the rows that are worth to wait for; 1 where it is empty. */
  readonly bestRows: number;
  /** Null where `latency` is empty. */
  readonly saturation: Saturation | null;
  /** Part of the time of the runs in which the process waited for a processor: the machine did other things. 0 where the system does not tell. */
  readonly waitedShare: number;
}

/** Beyond this share the figures are those of a machine that has something else to do. */
export const BUSY_SHARE = 0.1;

export interface Machine {
  /** The model of its processor. */
  readonly cpu: string;
  /** That the process could use. */
  readonly cpus: number;
  /** `linux/x64` */
  readonly platform: string;
}

/** As `mlserve.yaml` has them: with others the figures are others. */
export interface MeasuredSettings {
  readonly mode: 'auto' | 'inline' | 'worker';
  readonly instances: number;
  /** 0: derived from the CPU limit. */
  readonly threads: number;
  readonly maxRows: number;
}

export interface Latency {
  readonly rows: number;
  readonly runs: number;
  readonly p50Ms: number;
  /** The longest run where there were fewer than a hundred. */
  readonly p99Ms: number;
}

/** With more requests than can be answered. */
export interface Saturation {
  readonly rowsPerSecond: number;
  /** Time of processors for each second. */
  readonly cores: number;
}

/** The lock without what was measured: what ships, and what the digest of the lock is of. */
export function withoutMeasurements({ measurements: _, ...identity }: Lock): Lock {
  return identity;
}
