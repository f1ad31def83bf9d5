/** A project × flags → what every way to make its image begins with: the locked project, names, the plan of each platform; and its validation, which goes on. */
import { readBase } from '../image/base.ts';
import { createdAt } from '../image/created-at.ts';
import { planImage } from '../image/image-plan.ts';
import type { Imaging } from '../image/imaging.ts';
import { readPlatforms } from '../image/platform.ts';
import { formatTag, readTag, versionTag } from '../image/reference.ts';
import { lockMissing } from '../lock/absent-lock.ts';
import { digestOfLock } from '../lock/lockfile.ts';
import type { Io } from '../ports.ts';
import { VERSION } from '../version.ts';
import { imageFiles } from './image-files.ts';
import { openApiDigest } from './openapi-digest.ts';
import type { ImageOptions, PreparedImage } from './prepared-image.ts';
import { openProject, type Project } from './project.ts';
import { requireValid } from './require-valid.ts';

/** What validation finds (`valid`) is thrown before whatever else is wrong. */
export async function prepareImage(options: ImageOptions, imaging: Imaging, io: Io): Promise<PreparedImage> {
  const flags = { 'image.base': options.base, 'image.maxSize': options.maxSize };
  const project = await openProject(options.target, flags, io);
  const { spec } = project;
  const base = readBase(spec.image.base, spec.image.node);
  const repository = spec.image.repository || spec.name;
  const tags = (options.tags.length > 0 ? options.tags : [`${repository}:${versionTag(spec.version)}`]).map(readTag);
  const platforms = options.platform === undefined ? [] : readPlatforms(options.platform);
  const valid = requireValid(options.target, io);
  // It may end before anybody waits for it.
  valid.catch(() => {});
  try {
    return { valid, tags, platforms, base, ...(await describe(project, imaging, io)) };
  } catch (error) {
    await valid;
    throw error;
  }
}

async function describe(
  project: Project,
  imaging: Imaging,
  io: Io,
): Promise<Pick<PreparedImage, 'project' | 'lockDigest' | 'revision' | 'createdAt' | 'plan'>> {
  const { spec, lock } = project;
  if (lock === undefined) throw lockMissing(project.dir);
  const [revision, parts] = await Promise.all([imaging.revision(project.dir), imaging.parts()]);
  const at = createdAt(io.env.SOURCE_DATE_EPOCH ?? '', revision?.committedAt);
  const lockDigest = digestOfLock(lock);
  const locked = { ...project, lock };
  const openapi = openApiDigest(locked);
  const facts = {
    spec,
    lock,
    lockDigest,
    openapi,
    mlserveVersion: VERSION,
    revision,
    createdAt: at,
    packages: parts.packages,
  };
  return {
    ...{ project: locked, lockDigest, revision, createdAt: at },
    plan: async (target) =>
      planImage({ ...facts, ...target, parts: await imageFiles(locked, target.platform, parts, io) }),
  };
}

export function tagNames({ tags }: Pick<PreparedImage, 'tags'>): readonly string[] {
  return tags.map(formatTag);
}
