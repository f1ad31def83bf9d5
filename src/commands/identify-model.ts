/** The path of a model → its structure, its fingerprint, and the size and digest of each of its files. */
import { basename, dirname, join } from 'node:path';
import { MlserveError } from '../errors.ts';
import { digestOf } from '../model/canonical-text.ts';
import { fingerprint } from '../model/digests.ts';
import type { Digest, Fingerprint } from '../model/fingerprint.ts';
import { readModel } from '../model/read-model.ts';
import type { ByteSource, ModelStructure } from '../model/structure.ts';
import { contentsOf, externalLocations } from '../model/walk.ts';
import type { Files } from '../ports.ts';
import { lookAtExternalFiles } from './external-files.ts';

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
}

/** Reads and identifies. Throws MODEL_INVALID and FILE_NOT_FOUND. */
export async function identifyModel(path: string, files: Files): Promise<Identity & { structure: ModelStructure }> {
  const source = await files.open(path);
  try {
    const structure = readModel(source, path);
    return { structure, ...(await identify({ path, structure, source }, files)) };
  } finally {
    source.close();
  }
}

interface OpenModel {
  readonly path: string;
  readonly structure: ModelStructure;
  readonly source: ByteSource;
}

/** Hashes every file, and every weight once more. Data outside the model's folder or behind a link is never opened: MODEL_INVALID. */
export async function identify({ path, structure, source }: OpenModel, files: Files): Promise<Identity> {
  const locations = externalLocations(contentsOf(structure));
  const looks = await lookAtExternalFiles(path, locations, files);
  for (const [location, { status }] of looks) if (status !== 'file') throw unusable(path, location, status);
  const open = new Map<string, ByteSource & { close(): void }>();
  try {
    const modelHex = await files.sha256(path);
    const identified: IdentifiedFile[] = [{ path: basename(path), bytes: source.size, digest: digestOf(modelHex) }];
    const dataHex = new Map<string, string>();
    for (const location of locations) {
      const place = join(dirname(path), location);
      const data = await files.open(place);
      open.set(location, data);
      const hex = await files.sha256(place);
      dataHex.set(location, hex);
      identified.push({ path: location, bytes: data.size, digest: digestOf(hex) });
    }
    const external = (location: string): ByteSource => {
      const data = open.get(location);
      if (data === undefined) throw unusable(path, location, 'missing');
      return data;
    };
    const from = { model: source, external };
    return { fingerprint: fingerprint({ structure, from, modelHex, dataHex }), files: identified };
  } finally {
    for (const each of open.values()) each.close();
  }
}

function unusable(path: string, location: string, status: string): MlserveError {
  const what = status === 'missing' ? 'does not exist' : `cannot be used (${status})`;
  return new MlserveError('MODEL_INVALID', `external data ${JSON.stringify(location)} ${what}`, {
    where: path,
    hint: 'run "mlserve validate" for all findings',
  });
}
