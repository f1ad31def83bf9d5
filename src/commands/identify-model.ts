/** The path of a model → its structure, its fingerprint, and the size and digest of each of its files. */
import { basename } from 'node:path';
import { digestOf } from '../model/canonical-text.ts';
import { fingerprint } from '../model/digests.ts';
import type { Digest, Fingerprint } from '../model/fingerprint.ts';
import { readModel } from '../model/read-model.ts';
import type { ByteSource, ModelStructure } from '../model/structure.ts';
import type { Files } from '../ports.ts';
import { openDataFiles } from './open-data.ts';
import { type FileStamp, stampFile } from './same-files.ts';

export interface IdentifiedFile {
  /** The name of the model file; data files as the model records them. */
  readonly path: string;
  readonly bytes: number;
  readonly digest: Digest;
}

export interface Identity {
  readonly fingerprint: Fingerprint;
  /** The model file first, then its data files in the order of their names. */
  readonly files: readonly IdentifiedFile[];
  /** The same files as they were before they were opened. */
  readonly stamps: readonly FileStamp[];
}

/** Reads and identifies. Throws MODEL_INVALID and FILE_NOT_FOUND. */
export async function identifyModel(path: string, files: Files): Promise<Identity & { structure: ModelStructure }> {
  const stamp = await stampFile(path, files);
  const source = await files.open(path);
  try {
    const structure = readModel(source, path);
    return { structure, ...(await identify({ path, stamp, structure, source }, files)) };
  } finally {
    source.close();
  }
}

interface OpenModel {
  readonly path: string;
  /** Taken before `source` was opened. */
  readonly stamp: FileStamp;
  readonly structure: ModelStructure;
  readonly source: ByteSource;
}

/** Hashes every file, and every weight once more. Data outside the model's folder or behind a link is never opened: MODEL_INVALID. */
export async function identify({ path, stamp, structure, source }: OpenModel, files: Files): Promise<Identity> {
  const data = await openDataFiles(path, structure, files);
  try {
    const modelHex = await files.sha256(path);
    const identified: IdentifiedFile[] = [{ path: basename(path), bytes: source.size, digest: digestOf(modelHex) }];
    const dataHex = new Map<string, string>();
    for (const each of data) {
      const hex = await files.sha256(each.path);
      dataHex.set(each.location, hex);
      identified.push({ path: each.location, bytes: each.source.size, digest: digestOf(hex) });
    }
    const sources = new Map(data.map((each) => [each.location, each.source]));
    const stamps = [stamp, ...data.map((each) => each.stamp)];
    const external = (location: string): ByteSource => sources.get(location) ?? NO_BYTES;
    const from = { model: source, external };
    return { fingerprint: fingerprint({ structure, from, modelHex, dataHex }), files: identified, stamps };
  } finally {
    for (const each of data) each.source.close();
  }
}

/** Every location that the structure names is open; anything else holds nothing. */
const NO_BYTES: ByteSource = { size: 0, read: () => new Uint8Array(0) };
