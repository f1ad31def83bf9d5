/**
 * A plan × the files port → what is sent to an engine that asks for what it does not have: the Dockerfile and an archive of each layer, told
 * apart by their times. Engines compare size and time with what they got before, and nothing else; and they write other times on folders in
 * which a file changes. So the context has no folders, and a time says what is in a file; the times of a layer are in its archive.
 */
import { createHash, type Hash } from 'node:crypto';
import type { Files } from '../ports.ts';
import { type ContextMember, contextMembers } from './context.ts';
import { archiveName } from './dockerfile.ts';
import type { ImagePlan } from './image-plan.ts';
import type { Layer } from './layers.ts';
import { packContext } from './pack-context.ts';
import { tarHeader, tarSize } from './tar.ts';

/** A file as an engine is told of it. */
export interface DatedFile {
  /** Its name: there are no folders. */
  readonly path: string;
  readonly bytes: number;
  /** Nanoseconds since the epoch; another content has another. */
  readonly modified: bigint;
  /** Throws LOCK_MISMATCH when it is not what was planned. */
  content(): AsyncIterable<Uint8Array>;
}

export interface LayerArchives {
  readonly dockerfile: DatedFile;
  /** Sorted by name. */
  readonly archives: readonly DatedFile[];
}

export function layerArchives(
  { archivesDockerfile, layers }: Pick<ImagePlan, 'archivesDockerfile' | 'layers'>,
  files: Pick<Files, 'stream'>,
): LayerArchives {
  const text = Buffer.from(archivesDockerfile);
  const dockerfile = {
    path: 'Dockerfile',
    bytes: text.length,
    modified: timeOf(createHash('sha256').update(text)),
    async *content() {
      yield text;
    },
  };
  const archives = layers.map((layer) => archiveOf(layer, files));
  return { dockerfile, archives: archives.sort((a, b) => (a.path < b.path ? -1 : 1)) };
}

function archiveOf({ name, files: own }: Layer, files: Pick<Files, 'stream'>): DatedFile {
  const members = contextMembers(own);
  return {
    path: archiveName(name),
    bytes: tarSize(members),
    modified: timeOf(digestOf(members)),
    content: () => packContext(members, files),
  };
}

/** Of everything that makes an archive what it is, without reading the files: their digests are known. */
function digestOf(members: readonly ContextMember[]): Hash {
  const hash = createHash('sha256');
  for (const member of members) {
    const { content } = member;
    hash.update(tarHeader(member));
    if (content === undefined) continue;
    hash.update('text' in content ? createHash('sha256').update(content.text).digest('hex') : content.digest);
  }
  return hash;
}

/** 61 bits of a digest, as a time that every file system can keep: of the years 1970 to 2038. */
function timeOf(hash: Hash): bigint {
  const digest = hash.digest();
  const seconds = BigInt(digest.readUInt32BE(0) >>> 1);
  return seconds * 1_000_000_000n + (digest.readBigUInt64BE(4) % 1_000_000_000n);
}
