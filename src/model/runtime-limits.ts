/** What the runtime that ships with mlserve can load, as data: IR version and operator sets. */

export interface OpsetRange {
  readonly min: number;
  readonly max: number;
}

export interface RuntimeLimits {
  readonly runtime: string;
  readonly maxIrVersion: number;
  /** By domain; the default domain is `''`. A domain that is not here is not carried by the runtime. */
  readonly opsets: ReadonlyMap<string, OpsetRange>;
}

/** onnxruntime-node 1.30.0: what it accepts and refuses, measured model by model. */
export const RUNTIME_LIMITS: RuntimeLimits = {
  runtime: 'onnxruntime 1.30.0',
  maxIrVersion: 13,
  opsets: new Map([
    ['', { min: 7, max: 26 }],
    ['ai.onnx.ml', { min: 1, max: 5 }],
    ['com.microsoft', { min: 1, max: 1 }],
    ['com.microsoft.nchwc', { min: 1, max: 1 }],
    ['com.ms.internal.nhwc', { min: 1, max: 26 }],
  ]),
};
