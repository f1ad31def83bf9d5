/**
 * The service spec: `mlserve.yaml` × environment × flags, resolved. Complete and readonly; every default is filled in by
 * `resolve.ts`, so later stages never ask "is it set?". The only input of engine, server, image and manifests.
 */
import type { DeploySpec } from './deploy-spec.ts';
import type { ToleranceRule } from './tolerance.ts';

export type FeatureType = 'number' | 'integer' | 'boolean' | 'string' | 'category';
export type OnMissing = 'reject' | 'nan' | { readonly impute: number | string | boolean };

/** A named, typed column of the user's world. Bounds are inclusive. */
export interface FeatureColumn {
  readonly name: string;
  readonly type: FeatureType;
  /** The model input this column goes to. */
  readonly input: string;
  /** Position in the last dimension of that input; 0 for a per-column input. */
  readonly position: number;
  readonly min: number | undefined;
  readonly max: number | undefined;
  readonly unit: string | undefined;
  /** Category: label → number fed to the model, or the allowed labels when the model takes strings. */
  readonly values: ReadonlyMap<string, number> | readonly string[] | undefined;
  readonly pattern: string | undefined;
  readonly maxLength: number | undefined;
  readonly onMissing: OnMissing;
  readonly onUnknown: 'reject' | 'ignore';
}

export interface FeatureSpec {
  readonly columns: readonly FeatureColumn[];
  /** A name in a request that is no column: refuse the row, or pass over it. */
  readonly onUnknownColumn: 'reject' | 'ignore';
}

/** One named member of a prediction. */
export interface OutputSpec {
  readonly name: string;
  /** The model output it reads. */
  readonly from: string;
  /** Names of the positions in the last dimension (or of the values, for a label output). */
  readonly labels: readonly string[] | undefined;
  /** Answer the label (or index) of the largest value instead of all of them. */
  readonly argmax: boolean;
  /** How far answers of tests may be from the expected ones; absent where nothing is said. */
  readonly tolerance?: ToleranceRule;
}

/** Of the settings of the service, those that a model may have of its own; the service's where it has none. */
export interface ModelSettings extends Pick<ServiceSpec, 'engine' | 'batching' | 'slo'> {
  readonly limits: Pick<ServiceSpec['limits'], 'rowsPerRequest' | 'queueRows' | 'runTimeoutMs'>;
}

export interface ModelSpec extends ModelSettings {
  /** Several models may share a name when their versions differ: the first is the one a request without a version means. */
  readonly name: string;
  /** Semver, written in `mlserve.yaml`; the service's version where the model has none of its own. */
  readonly version: string;
  /** Relative to the project folder, POSIX separators. */
  readonly path: string;
  /** Undefined: the model speaks raw tensors only. */
  readonly features: FeatureSpec | undefined;
  /** Empty: every model output under its own name. */
  readonly outputs: readonly OutputSpec[];
  /** Globs of golden examples, relative to the project folder. */
  readonly examples: readonly string[];
}

export interface ServiceSpec {
  readonly name: string;
  readonly version: string;
  /** At least one; the first is the default. */
  readonly models: readonly ModelSpec[];
  readonly server: {
    readonly host: string;
    /** 0 picks a free port. */
    readonly port: number;
    /** `name` in `GET /v2`. */
    readonly name: string;
    /** Of a further readiness probe; empty: none. */
    readonly healthPath: string;
    /** Of a further `/invocations`; empty: none. */
    readonly predictPath: string;
    /** 0 picks a free port. */
    readonly grpcPort: number | 'off';
    /** Of /metrics alone; `off`: on the HTTP port. */
    readonly metricsPort: number | 'off';
  };
  /** Paths relative to the project folder; empty: none. */
  readonly tls: {
    /** Where it is off, the others are empty. */
    readonly mode: 'on' | 'off';
    readonly cert: string;
    readonly key: string;
    readonly clientCa: string;
  };
  /** Path relative to the project folder; empty: no file. */
  readonly auth: { readonly keysFile: string };
  readonly admin: { readonly access: 'off' | 'loopback' | 'key' };
  /** Separated by commas; empty: none. */
  readonly cors: { readonly origins: string };
  readonly engine: {
    readonly mode: 'auto' | 'inline' | 'worker';
    /** Sessions per model. */
    readonly instances: number;
    /** Intra-op threads of one session; 0 derives them from the CPU limit. */
    readonly threads: number;
  };
  /** Most rows of waiting requests that share a run; also what warm-up, the estimate of memory and `mlserve predict` run at once. */
  readonly batching: {
    readonly maxRows: number;
    /** Time that an idle session waits for more rows; 0: none. */
    readonly maxDelayMs: number;
  };
  /** What is promised under load. */
  readonly slo: { readonly p99Ms: number };
  readonly limits: {
    readonly bodyBytes: number;
    readonly jsonDepth: number;
    readonly rowsPerRequest: number;
    /** 0 derives it from `slo.p99Ms` and the measured time of a batch. */
    readonly queueRows: number;
    readonly queueBytes: number;
    readonly connections: number;
    readonly headersTimeoutMs: number;
    readonly requestTimeoutMs: number;
    /** Of one run of the model. */
    readonly runTimeoutMs: number;
    /** Of a load and one run during `validate`; 0 derives it from the size of the model. */
    readonly loadTimeoutMs: number;
    /** Memory of the same, in bytes; 0 derives it from the size of the model. */
    readonly loadMemoryBytes: number;
  };
  readonly drain: { readonly delayMs: number; readonly timeoutMs: number };
  readonly image: {
    readonly base: string;
    /** Empty: follows from the base. */
    readonly node: string;
    /** Empty: the name of the service. */
    readonly repository: string;
    /** Of what is added to the base; 0: no limit. */
    readonly maxSize: number;
    readonly maxContext: number;
    /** Labels; empty: none. */
    readonly description: string;
    readonly authors: string;
    readonly vendor: string;
    /** An SPDX expression. */
    readonly licenses: string;
    readonly url: string;
    readonly documentation: string;
  };
  readonly deploy: DeploySpec;
}
