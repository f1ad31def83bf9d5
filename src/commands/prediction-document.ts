/** The document that `mlserve predict` writes as JSON. Types only. */
import type { ErrorCode } from '../errors.ts';
import type { Digest } from '../model/fingerprint.ts';

/** What `--format json` writes. */
export interface PredictionDocument {
  readonly model: { readonly name: string; readonly version: string; readonly digest: Digest };
  /** By row, in the order of the rows: an object of the members of the service's outputs; null for a bad row with `--on-error null`. */
  readonly predictions: readonly unknown[];
  /** Why it ended early. */
  readonly error?: {
    readonly code: ErrorCode;
    readonly message: string;
    readonly where: string;
    readonly hint: string | null;
  };
}
