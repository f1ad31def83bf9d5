/** What `mlserve doctor` has seen of a machine and a project. Types only; commands/ gathers it, and the checks judge it. */
import type { Issue } from '../issue.ts';

/** Why something is not there. */
export interface Problem {
  readonly message: string;
  readonly hint?: string | undefined;
}

export type Found<T> = { readonly found: T } | { readonly problem: Problem };

export interface Snapshot {
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Version of Node. */
  readonly node: string;
  /** As Node names it: `linux/x64`. */
  readonly platform: string;
  /** The version of the native library, once it was loaded. */
  readonly runtime: Found<string>;
  readonly isTelemetryOff: boolean;
  readonly engine: Found<{ readonly name: string; readonly api: string; readonly builder: 'buildkit' | 'classic' }>;
  /** What the kubeconfig names, and the version of its API server, which may not answer. */
  readonly cluster: Found<{ readonly context: string; readonly server: string; readonly version: Found<string> }>;
  /** On the disk of the folder. */
  readonly freeBytes: number;
  /** Undefined where the folder has no `mlserve.yaml`. */
  readonly project: ProjectSnapshot | undefined;
}

export interface ProjectSnapshot {
  /** Of the configuration. */
  readonly issues: readonly Issue[];
  /** Undefined where the configuration is not valid. */
  readonly settings: SettingsSnapshot | undefined;
  readonly lock: Found<'there' | 'absent'>;
  /** `.mlserve/schema.json`, by which editors complete `mlserve.yaml`; `unused` where that does not name it. */
  readonly schema: 'same' | 'different' | 'absent' | 'unused';
  /** Text of `.gitignore`; undefined where the folder is not under git. */
  readonly gitignore: string | undefined;
  /** Temporary files of commands that were killed. */
  readonly leftovers: readonly string[];
}

export interface SettingsSnapshot {
  /** What is wrong with the files of models: not there, pointers of Git LFS, no models. */
  readonly models: readonly Problem[];
  /** Base of the image, and whether the engine has it; undefined without an engine. */
  readonly base: { readonly name: string; readonly isThere: boolean | undefined };
  /** The registry of `image.repository`, and whether somebody has logged in; undefined where images stay here. */
  readonly registry: { readonly name: string; readonly isKnown: Found<boolean> } | undefined;
  /** Ports to serve on, each with who has taken it. */
  readonly ports: readonly { readonly port: number; readonly problem: Problem | undefined }[];
}
