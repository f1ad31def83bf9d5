/** Types of what every way to make an image begins with. */
import type { BaseImage } from '../image/base.ts';
import type { ImagePlan } from '../image/image-plan.ts';
import type { Revision } from '../image/labels.ts';
import type { Platform } from '../image/platform.ts';
import type { Reference } from '../image/reference.ts';
import type { Lock } from '../lock/lock.ts';
import type { Digest } from '../model/fingerprint.ts';
import type { Project } from './project.ts';

export type LockedProject = Project & { readonly lock: Lock };

export interface ImageOptions {
  /** The project folder, relative to `io.cwd`. */
  readonly target: string;
  readonly tags: readonly string[];
  readonly platform?: string | undefined;
  readonly base?: string | undefined;
  readonly maxSize?: string | undefined;
}

export interface PreparedImage {
  readonly project: LockedProject;
  /** Rejects with what `validate --frozen` finds: LOCK_MISMATCH, LOCK_MISSING or MODEL_INVALID. Before it is through nothing is made. */
  readonly valid: Promise<void>;
  readonly lockDigest: Digest;
  readonly tags: readonly (Reference & { readonly tag: string })[];
  /** Empty when none was asked for: then the one of whoever builds. */
  readonly platforms: readonly Platform[];
  readonly base: BaseImage;
  readonly revision: Revision | undefined;
  /** Seconds since the epoch. */
  readonly createdAt: number | undefined;
  plan(target: PlanTarget): Promise<ImagePlan>;
}

export interface PlanTarget {
  readonly base: BaseImage;
  readonly buildBase: BaseImage;
  readonly platform: Platform;
  readonly buildPlatform: Platform | undefined;
}
