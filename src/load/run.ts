/** A run of `mlserve bench`, as `--json` and `--output` write it and `--baseline` reads it. Types only. */
import type { Issue } from '../issue.ts';
import type { Bearable, MostAnswered } from './knee.ts';
import type { RateResult } from './rate-result.ts';

/** Whose load it is. */
export interface RunTarget {
  /** `local`: the server of the project, in a process of its own. */
  readonly kind: 'local' | 'image' | 'url';
  /** As people know it: `local`, the name of the image, the URL. */
  readonly name: string;
}

/** A model that said it answered. */
export interface RunModel {
  readonly name: string;
  readonly version: string;
  readonly digest: string;
}

/** That requests were sent from, and that `local` and `image` ran on too. */
export interface RunMachine {
  /** The model of its processor; empty where the system does not tell. */
  readonly cpu: string;
  /** That the process could use. */
  readonly cpus: number;
  /** `linux/x64` */
  readonly platform: string;
}

export interface LoadRun {
  readonly service: { readonly name: string; readonly version: string };
  readonly target: RunTarget;
  readonly models: readonly RunModel[];
  /** Version of onnxruntime-node in the lock. */
  readonly runtime: string;
  /** Version of the program that measured. */
  readonly mlserve: string;
  /** When the load began: ISO 8601, in UTC. */
  readonly startedAt: string;
  readonly machine: RunMachine;
  /** How requests were made and sent. */
  readonly load: {
    /** Different ones, sent in turn. */
    readonly requests: number;
    /** Of the arrivals. */
    readonly seed: number;
    /** Of each rate: what was measured, after a warm-up that was not. */
    readonly durationMs: number;
    readonly warmupMs: number;
    readonly timeoutMs: number;
  };
  /** `slo.p99Ms`, the least of the models that were asked. */
  readonly sloMs: number;
  /** The lowest first; empty where a request was refused before the load. */
  readonly rates: readonly RateResult[];
  readonly saturation: MostAnswered | null;
  readonly knee: Bearable | null;
  readonly withinSlo: Bearable | null;
  /** Null without a baseline. */
  readonly comparison: Comparison | null;
  readonly issues: readonly Issue[];
}

/** With the run that `--baseline` names. */
export interface Comparison {
  readonly baseline: string;
  readonly startedAt: string;
  /** By how much a figure may be worse: 0.1 is a tenth. */
  readonly threshold: number;
  readonly figures: readonly ComparedFigure[];
}

export interface ComparedFigure {
  readonly figure: 'p50' | 'p99' | 'saturation';
  /** Null for a figure of the whole run. */
  readonly rate: number | null;
  /** Milliseconds, or answers for each second. */
  readonly before: number;
  readonly after: number;
  /** By how much it is worse, as a part of what it was; negative: better. */
  readonly worse: number;
  readonly isRegression: boolean;
}
