/** The name of an image → what its labels say: which models it holds, and what it was made of. From an engine, else from the registry. */
import { MlserveError } from '../errors.ts';
import type { ContainerEngine, Imaging } from '../image/imaging.ts';
import { type LabelledImage, readLabels } from '../image/labels.ts';
import { type Reference, readReference } from '../image/reference.ts';
import type { Issue } from '../issue.ts';
import type { Io } from '../ports.ts';
import { imageInRegistry } from './image-in-registry.ts';

export interface FoundImage {
  readonly from: string;
  readonly platform: string;
  /** In a registry; null for an image that never was in one. */
  readonly digest: string | null;
  /** Unpacked in an engine, compressed in a registry. */
  readonly bytes: number;
  readonly labels: Readonly<Record<string, string>>;
}

export interface InspectImageResult {
  readonly image: string;
  readonly from: string;
  readonly platform: string;
  readonly digest: string | null;
  readonly bytes: number;
  /** Null for an image that mlserve did not make. */
  readonly made: LabelledImage | null;
  readonly issues: readonly Issue[];
}

/** Throws IMAGE_NOT_FOUND and REGISTRY_REFUSED. */
export async function inspectImage(image: string, io: Io): Promise<InspectImageResult> {
  const imaging = await io.imaging();
  const reference = readReference(image);
  if (reference === undefined) throw new MlserveError('USAGE', `"${image}" is not the name of an image`);
  const engine = await engineOrNot(imaging);
  const found = (engine && (await inEngine(image, reference, engine))) ?? (await imageInRegistry(reference, imaging));
  if (found === undefined) {
    throw new MlserveError(
      'IMAGE_NOT_FOUND',
      `neither an engine nor the registry ${reference.registry} has the image`,
      {
        where: image,
        hint: 'see that the name is right; for a file, give its path with ".onnx" or "./"',
      },
    );
  }
  const { labels, ...where } = found;
  const made = readLabels(labels) ?? null;
  const issues: readonly Issue[] =
    made === null
      ? [
          {
            rule: 'image.unlabelled',
            severity: 'error',
            where: image,
            message: 'mlserve did not make this image: it has none of its labels',
          },
        ]
      : [];
  return { image, ...where, made, issues };
}

async function engineOrNot(imaging: Imaging): Promise<ContainerEngine | undefined> {
  try {
    return await imaging.engine();
  } catch (error) {
    if (error instanceof MlserveError && error.code === 'ENGINE_UNREACHABLE') return undefined;
    throw error;
  }
}

async function inEngine(image: string, { name }: Reference, engine: ContainerEngine): Promise<FoundImage | undefined> {
  const found = await engine.image(image);
  if (found === undefined) return undefined;
  const digest = found.digests.find((each) => each.startsWith(`${name}@`))?.slice(name.length + 1) ?? null;
  return { from: engine.name, platform: found.platform, digest, bytes: found.bytes, labels: found.labels };
}
