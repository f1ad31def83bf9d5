/** What `mlserve test` found, as `--json` prints it. Types only. */
import type { Issue } from '../issue.ts';
import type { Identity } from '../server/identity.ts';
import type { Recorded } from './update-golden.ts';

export interface TestedTarget {
  readonly kind: 'local' | 'image' | 'url';
  /** As people know it: `local`, the name of the image, the URL. */
  readonly name: string;
  /** Cases. */
  readonly asked: number;
  readonly passed: number;
  /** Models that said they answered. */
  readonly models: readonly Identity[];
}

export interface TestResult {
  readonly service: { readonly name: string; readonly version: string };
  readonly targets: readonly TestedTarget[];
  readonly cases: readonly {
    readonly case: string;
    readonly model: string;
    /** In the order of the targets. */
    readonly outcomes: readonly { readonly target: string; readonly passed: boolean; readonly durationMs: number }[];
  }[];
  /** Golden examples with new answers: of `--update`. */
  readonly updates: readonly Recorded[];
  readonly issues: readonly Issue[];
}
