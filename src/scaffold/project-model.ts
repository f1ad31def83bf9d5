/** Types of what `init` knows when it writes a project: the answers of the user, and what was read off the model. */
import type { Signature } from '../model/signature.ts';
import type { PredictionValue } from '../service/codec.ts';
import type { SuggestedFeatures } from './suggest-features.ts';
import type { SuggestedOutput } from './suggest-outputs.ts';

export interface Answers {
  /** Of the service and of its model. */
  readonly name: string;
  readonly version: string;
  /** Most rows of one run of the model; undefined leaves mlserve's default. */
  readonly maxRows: number | undefined;
}

export interface ProjectModel {
  /** Relative to the project: `models/fraud.onnx`. */
  readonly path: string;
  readonly signature: Signature;
  /** Undefined: raw tensors only. */
  readonly features: SuggestedFeatures | undefined;
  readonly outputs: readonly SuggestedOutput[];
  /** What was changed or decided for the user, a sentence each. */
  readonly notes: readonly string[];
  /** External data files, relative to the folder of the model. */
  readonly dataFiles: readonly string[];
}

/** A golden example: what to send to `POST /predict`, and the predictions of the answer. */
export interface Example {
  readonly request: PredictionValue;
  readonly predictions: readonly PredictionValue[];
}

/** A text file to write, its path relative to the project, POSIX separators. */
export interface FilePlan {
  readonly path: string;
  readonly text: string;
}
