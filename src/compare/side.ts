/** One side of a comparison: models, and what is promised of them. Types only. */
import type { Fingerprint } from '../model/fingerprint.ts';
import type { Signature } from '../model/signature.ts';
import type { ModelSpec } from '../service/spec.ts';

export interface ComparedModel {
  readonly name: string;
  /** Null for a bare file. */
  readonly version: string | null;
  readonly digests: Fingerprint;
  /** Undefined where nobody can tell: images carry that of their first model alone. */
  readonly signature: Signature | undefined;
  /** Version by domain; undefined where nobody can tell. */
  readonly opsets: ReadonlyMap<string, bigint> | undefined;
  /** How often each operator occurs; undefined where nobody can tell. */
  readonly operators: ReadonlyMap<string, number> | undefined;
  /** Of the classifier in the graph; undefined without one, or where nobody can tell. */
  readonly labels: readonly string[] | undefined;
  /** What `mlserve.yaml` says of it; undefined for bare files and images. */
  readonly declared: Pick<ModelSpec, 'features' | 'outputs'> | undefined;
}

export interface Side {
  /** As it was named on the command line. */
  readonly given: string;
  readonly kind: 'file' | 'project' | 'image';
  /** Of the git revision it was taken from. */
  readonly commit: string | null;
  /** Null for a bare file. */
  readonly service: { readonly name: string; readonly version: string } | null;
  /** At least one; the first is what a request without a name means. */
  readonly models: readonly ComparedModel[];
}
