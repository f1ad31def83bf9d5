/** Command → the object that its `--json` prints. Types only; `npm run schemas` writes schema/results from them. */
import type { CommandEvent } from '../record-event.ts';
import type { ErrorJson } from '../render-error.ts';
import type { ApplyResult } from './apply-deployment.ts';
import type { BenchResult } from './bench.ts';
import type { BuildImageResult } from './build-result.ts';
import type { ChangeCanaryResult } from './change-canary.ts';
import type { CiInitResult } from './ci-init.ts';
import type { ConfigResult } from './config.ts';
import type { CreatedKey } from './create-key.ts';
import type { DeployResult } from './deploy.ts';
import type { DiffResult } from './diff.ts';
import type { DoctorResult } from './doctor.ts';
import type { ImagePlanResult } from './eject-image.ts';
import type { FixZipMapResult } from './fix-zipmap.ts';
import type { InitResult } from './init.ts';
import type { InspectResult } from './inspect.ts';
import type { InspectImageResult } from './inspect-image.ts';
import type { KubeStatusResult } from './kube-status.ts';
import type { LockResult } from './lock.ts';
import type { MeasureResult } from './measure.ts';
import type { PredictionDocument } from './prediction-document.ts';
import type { ApplyFacts } from './prepare-apply.ts';
import type { SchemaDocument, SchemaList } from './schema.ts';
import type { StatusResult } from './status.ts';
import type { TestResult } from './test-result.ts';
import type { ValidateResult } from './validate.ts';
import type { WriteCanaryResult } from './write-canary.ts';

/** By the words of the command, and `error`: what every command prints instead when it fails. */
export interface JsonResults {
  readonly init: InitResult;
  /** Of a file, or of an image. */
  readonly inspect: InspectResult | InspectImageResult;
  readonly 'fix zipmap': FixZipMapResult;
  readonly validate: ValidateResult;
  readonly test: TestResult;
  readonly lock: LockResult;
  readonly diff: DiffResult;
  readonly measure: MeasureResult;
  readonly bench: BenchResult;
  readonly config: ConfigResult;
  /** Built, or with `--print`, `--eject` or `--dry-run` planned. */
  readonly 'build image': BuildImageResult | ImagePlanResult;
  /** Of a URL, or with `--kube` of a cluster. */
  readonly status: StatusResult | KubeStatusResult;
  readonly 'key create': CreatedKey;
  readonly predict: PredictionDocument;
  /** Files; `--diff`; `--apply`; files of a canary; a canary in a cluster. */
  readonly deploy: DeployResult | ApplyFacts | ApplyResult | WriteCanaryResult | ChangeCanaryResult;
  readonly doctor: DoctorResult;
  readonly 'ci init': CiInitResult;
  readonly schema: SchemaList | SchemaDocument;
  readonly error: ErrorJson;
  /** A line of the file that MLSERVE_OUTPUT_FILE names. */
  readonly event: CommandEvent;
}
