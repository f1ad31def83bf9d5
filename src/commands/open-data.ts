/** The data files that a model names → open sources, after a look at what is really there. */
import { dirname, join } from 'node:path';
import { MlserveError } from '../errors.ts';
import type { ExternalFile } from '../model/rules/context.ts';
import { quote } from '../model/rules/quote.ts';
import type { ByteSource, ModelStructure } from '../model/structure.ts';
import { contentsOf, externalLocations } from '../model/walk.ts';
import type { Files } from '../ports.ts';
import { lookAtExternalFiles } from './external-files.ts';
import { type FileStamp, stampFile } from './same-files.ts';

export interface DataFile {
  readonly location: string;
  /** As the files port takes it. */
  readonly path: string;
  /** Taken before it was opened. */
  readonly stamp: FileStamp;
  readonly source: ByteSource & { close(): void };
}

const REFUSED: Record<Exclude<ExternalFile['status'], 'file'>, string> = {
  missing: 'does not exist',
  escapes: 'lies outside the folder of the model',
  symlink: 'is a symbolic link, or lies behind one',
  hardlink: 'is a hard link',
  'not-regular': 'is not a regular file',
};

/** Sorted by location. The caller closes them. MODEL_INVALID, with none opened, when one is missing, a link, or outside the folder. */
export async function openDataFiles(
  path: string,
  structure: ModelStructure,
  files: Files,
): Promise<readonly DataFile[]> {
  const looks = await lookAtExternalFiles(path, externalLocations(contentsOf(structure)), files);
  for (const [location, { status }] of looks) {
    if (status === 'file') continue;
    const hint = `run "mlserve validate ${path}" for all findings`;
    throw new MlserveError('MODEL_INVALID', `external data ${quote(location)} ${REFUSED[status]}`, {
      where: path,
      hint,
    });
  }
  const opened: DataFile[] = [];
  try {
    for (const location of looks.keys()) {
      const place = join(dirname(path), location);
      const stamp = await stampFile(place, files);
      opened.push({ location, path: place, stamp, source: await files.open(place) });
    }
    return opened;
  } catch (error) {
    for (const { source } of opened) source.close();
    throw error;
  }
}
