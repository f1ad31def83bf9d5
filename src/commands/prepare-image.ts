/** A project that validates × flags → what every way to make its image begins with: the locked project, names, and the plan of each platform. */
import { createHash } from 'node:crypto';
import { type BaseImage, readBase } from '../image/base.ts';
import { createdAt } from '../image/created-at.ts';
import { type ImagePlan, planImage } from '../image/image-plan.ts';
import type { Imaging } from '../image/imaging.ts';
import type { Revision } from '../image/labels.ts';
import { type Platform, readPlatforms } from '../image/platform.ts';
import { formatTag, type Reference, readTag, versionTag } from '../image/reference.ts';
import { lockMissing } from '../lock/absent-lock.ts';
import type { Lock } from '../lock/lock.ts';
import { formatLock } from '../lock/lockfile.ts';
import type { Digest } from '../model/fingerprint.ts';
import type { Io } from '../ports.ts';
import { VERSION } from '../version.ts';
import { imageFiles } from './image-files.ts';
import { openProject, type Project } from './project.ts';
import { requireValid } from './require-valid.ts';

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

/** Throws what `validate --frozen` finds: LOCK_MISMATCH, LOCK_MISSING or MODEL_INVALID. */
export async function prepareImage(options: ImageOptions, imaging: Imaging, io: Io): Promise<PreparedImage> {
  const flags = { 'image.base': options.base, 'image.maxSize': options.maxSize };
  const project = await openProject(options.target, flags, io);
  const { spec, lock } = project;
  const base = readBase(spec.image.base, spec.image.node);
  const repository = spec.image.repository || spec.name;
  const tags = (options.tags.length > 0 ? options.tags : [`${repository}:${versionTag(spec.version)}`]).map(readTag);
  const platforms = options.platform === undefined ? [] : readPlatforms(options.platform);
  await io.terminal.step('validating the project', () => requireValid(options.target, io));
  if (lock === undefined) throw lockMissing(project.dir);
  const revision = await imaging.revision(project.dir);
  const at = createdAt(io.env.SOURCE_DATE_EPOCH ?? '', revision?.committedAt);
  const parts = await imaging.parts();
  const lockDigest: Digest = `sha256:${createHash('sha256').update(formatLock(lock)).digest('hex')}`;
  const locked = { ...project, lock };
  const facts = { spec, lock, lockDigest, mlserveVersion: VERSION, revision, createdAt: at, packages: parts.packages };
  return {
    ...{ project: locked, lockDigest, tags, platforms, base, revision, createdAt: at },
    plan: async (target) =>
      planImage({ ...facts, ...target, parts: await imageFiles(locked, target.platform, parts, io) }),
  };
}

export function tagNames({ tags }: Pick<PreparedImage, 'tags'>): readonly string[] {
  return tags.map(formatTag);
}
