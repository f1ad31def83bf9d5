/** The name of an image that the engine does not have → the image, pulled from its registry. */
import { MlserveError } from '../errors.ts';
import type { ContainerEngine, EngineImage } from '../image/imaging.ts';
import type { Reference } from '../image/reference.ts';
import type { Io } from '../ports.ts';
import { bytesDone } from './pull-base.ts';

/** Throws REGISTRY_REFUSED, IMAGE_NOT_FOUND. */
export async function pullImage(
  name: string,
  reference: Reference,
  engine: ContainerEngine,
  signal: AbortSignal,
  { terminal }: Pick<Io, 'terminal'>,
): Promise<EngineImage> {
  const bar = terminal.progress(`pulling ${name}`);
  try {
    const onProgress = (done: number, total: number): void => bar.update(done, total, bytesDone(done, total));
    await engine.pull(reference, { onProgress, signal });
  } finally {
    bar.end();
  }
  const found = await engine.image(name);
  if (found !== undefined) return found;
  throw new MlserveError('IMAGE_NOT_FOUND', 'the engine pulled the image and does not have it', { where: name });
}
