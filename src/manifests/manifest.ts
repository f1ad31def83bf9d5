/** A Kubernetes object with the file it is written to, and the reasons for its numbers. Types only. */

export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata?: {
    readonly name?: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
}

/** Keys and list positions from the top of an object. */
export type ObjectPath = readonly (string | number)[];

/** A comment above a member of an object. */
export interface Note {
  readonly path: ObjectPath;
  readonly text: string;
}

export interface Manifest {
  /** `deployment.yaml` */
  readonly file: string;
  readonly object: KubernetesObject;
  readonly notes: readonly Note[];
}

/** A text file of the output. */
export interface OutputFile {
  /** Relative to the output folder, POSIX separators. */
  readonly path: string;
  readonly text: string;
}
