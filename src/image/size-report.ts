/** The history of a built image × its plan → bytes of each layer and what is in it, and the bytes of the base. */
import { MlserveError } from '../errors.ts';
import { contentBytes } from './context.ts';
import type { Layer } from './layers.ts';

/** A step of an image's history, newest first, as engines list them. */
export interface HistoryStep {
  readonly createdBy: string;
  readonly bytes: number;
}

export interface LayerSize {
  readonly what: string;
  readonly bytes: number;
  /** The largest files. */
  readonly files: readonly { readonly path: string; readonly bytes: number }[];
}

export interface SizeReport {
  /** Of the whole image, unpacked. */
  readonly total: number;
  readonly base: number;
  /** On top of the base. */
  readonly added: number;
  readonly layers: readonly LayerSize[];
}

const SHOWN_FILES = 3;

/** `hasCache`: the compiled code is a layer of its own, after the server. */
export function sizeReport(
  history: readonly HistoryStep[],
  total: number,
  { layers, hasCache }: { readonly layers: readonly Layer[]; readonly hasCache: boolean },
): SizeReport {
  const planned = layers.flatMap((layer) => [
    { what: layer.what, files: largestFiles(layer) },
    ...(layer.name === 'server' && hasCache ? [{ what: 'compiled code of the server', files: [] }] : []),
  ]);
  const copies = history
    .filter(({ createdBy }) => /\b(ADD|COPY)\b/.test(createdBy))
    .slice(0, planned.length)
    .reverse();
  const sized = planned.map((layer, at) => ({ ...layer, bytes: copies[at]?.bytes ?? 0 }));
  const added = sized.reduce((sum, { bytes }) => sum + bytes, 0);
  return { total, base: total - added, added, layers: sized };
}

function largestFiles({ files }: Layer): LayerSize['files'] {
  return files
    .map(({ path, content }) => ({ path: `/${path}`, bytes: contentBytes(content) }))
    .sort((a, b) => b.bytes - a.bytes || (a.path < b.path ? -1 : 1))
    .slice(0, SHOWN_FILES);
}

/** What the files of a plan will add, before anything is built. */
export function plannedSize({ layers }: { readonly layers: readonly Layer[] }): Pick<SizeReport, 'added' | 'layers'> {
  const sized = layers.map((layer) => {
    const bytes = layer.files.reduce((sum, { content }) => sum + contentBytes(content), 0);
    return { what: layer.what, bytes, files: largestFiles(layer) };
  });
  return { added: sized.reduce((sum, { bytes }) => sum + bytes, 0), layers: sized };
}

/** Throws IMAGE_TOO_LARGE. What counts is what is added: the base is shared with other images. */
export function refuseLargeImage({ added, layers }: Pick<SizeReport, 'added' | 'layers'>, most: number): void {
  if (most === 0 || added <= most) return;
  const largest = [...layers].sort((a, b) => b.bytes - a.bytes)[0];
  throw new MlserveError(
    'IMAGE_TOO_LARGE',
    `the image adds ${megabytes(added)} to its base; the limit is ${megabytes(most)}`,
    {
      where: largest === undefined ? '--max-size' : `${largest.what}: ${megabytes(largest.bytes)}`,
      hint: 'raise --max-size or image.maxSize, or make the model smaller',
    },
  );
}

export function megabytes(bytes: number): string {
  return bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}
