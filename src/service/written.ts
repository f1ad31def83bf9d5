/** `mlserve.yaml` as people write it: every field optional, nothing filled in. Types; `schema.ts` says the same to editors. */
import type { Environment } from './deploy-spec.ts';
import type { FeatureType } from './spec.ts';
import type { WrittenTolerance } from './written-tolerance.ts';

/** A label: YAML reads `1` and `true` as a number and a boolean, which name the labels "1" and "true". */
export type WrittenLabel = string | number | boolean;

export interface WrittenColumn {
  readonly name?: string;
  readonly type?: FeatureType;
  /** The model input; `features.input`, or the name of the column, where absent. */
  readonly input?: string;
  readonly min?: number;
  readonly max?: number;
  readonly unit?: string;
  /** Label → number, or the allowed labels. */
  readonly values?: Readonly<Record<string, number>> | readonly WrittenLabel[];
  readonly pattern?: string;
  readonly maxLength?: number;
  readonly onMissing?: 'reject' | 'nan' | { readonly impute?: WrittenLabel };
  readonly onUnknown?: 'reject' | 'ignore';
}

export interface WrittenFeatures {
  readonly input?: string;
  readonly columns?: readonly WrittenColumn[];
  readonly onUnknownColumn?: 'reject' | 'ignore';
}

export interface WrittenOutput {
  readonly name?: string;
  /** The model output; the name where absent. */
  readonly from?: string;
  readonly labels?: readonly WrittenLabel[];
  readonly argmax?: boolean;
  readonly tolerance?: WrittenTolerance;
}

export interface WrittenModel {
  readonly name?: string;
  readonly version?: string;
  readonly path?: string;
  readonly features?: WrittenFeatures;
  readonly outputs?: readonly WrittenOutput[];
  readonly examples?: string | readonly string[];
  /** Settings of this model alone, in place of the service's. */
  readonly engine?: WrittenSection;
  readonly batching?: WrittenSection;
  readonly slo?: WrittenSection;
  readonly limits?: WrittenSection;
}

/** Sections of settings (`server`, `limits`, …) hold what the table `SETTINGS` names. */
export type WrittenSection = Readonly<Record<string, string | number>>;

export interface WrittenService {
  readonly apiVersion?: string;
  readonly name?: string;
  readonly version?: string;
  readonly models?: readonly WrittenModel[];
  readonly server?: WrittenSection;
  readonly tls?: WrittenSection;
  readonly auth?: WrittenSection;
  readonly admin?: WrittenSection;
  readonly cors?: WrittenSection;
  readonly engine?: WrittenSection;
  readonly batching?: WrittenSection;
  readonly slo?: WrittenSection;
  readonly limits?: WrittenSection;
  readonly drain?: WrittenSection;
  readonly image?: WrittenSection;
  readonly deploy?: WrittenDeploy;
}

/** Settings as in the other sections, and patches. */
export interface WrittenDeploy {
  readonly patches?: readonly WrittenPatch[];
  readonly [setting: string]: unknown;
}

export interface WrittenPatch {
  readonly kind?: string;
  readonly apiVersion?: string;
  readonly name?: string;
  readonly env?: Environment;
  readonly patch?: Readonly<Record<string, unknown>> | readonly Readonly<Record<string, unknown>>[];
}
