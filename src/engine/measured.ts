/** Types of measuring a model: what is asked for, and what came out. */
import type { Measurement } from '../lock/measurement.ts';
import type { Tensors } from '../model/tensor.ts';
import type { ProbeResult } from '../ports.ts';
import type { EngineModel } from './engine.ts';

/** The figures of a measurement; what they are of, when and where is added by others. */
export type Measured = Pick<
  Measurement,
  'engine' | 'load' | 'memory' | 'latency' | 'bestRows' | 'saturation' | 'waitedShare'
>;

export interface MeasureOrder {
  /** Its `settings.engine.threads` are at least 1. */
  readonly model: Omit<EngineModel, 'runtime' | 'log'>;
  /** For the runs: one half by the number of their rows, the other with more requests than can be answered. */
  readonly durationMs: number;
  /** Inputs of real requests, to be preferred to made-up ones; those of another shape than the first are passed over. */
  readonly examples: readonly Tensors[];
  /** Labels that inputs are known to take, by input name. */
  readonly known: ReadonlyMap<string, string>;
}

export type MeasureOutcome =
  | {
      readonly status: 'ok';
      readonly measured: Measured;
      /** The runtime's words where no input was found that the model takes. */
      readonly refusal: string | undefined;
    }
  | { readonly status: 'load-failed' | 'run-failed'; readonly message: string };

export interface MeasureRequest extends MeasureOrder {
  /** For everything, as for a probe. */
  readonly timeoutMs: number;
  readonly memoryBytes: number;
}

export type MeasureResult =
  | (Extract<MeasureOutcome, { status: 'ok' }> & {
      /** The model of the processor; empty where the system does not tell. */
      readonly cpu: string;
      /** `linux/x64` */
      readonly platform: string;
    })
  | Exclude<MeasureOutcome, { status: 'ok' }>
  | Exclude<ProbeResult, { status: 'ok' | 'load-failed' | 'run-failed' }>;

/** Loads a model in a separate process and finds out what it costs. Never rejects for a bad model. */
export interface Measurer {
  measure(request: MeasureRequest): Promise<MeasureResult>;
}
