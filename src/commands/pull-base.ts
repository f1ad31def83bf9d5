/** The name of a base that the engine does not have × the engine → the base, pulled. */
import { MlserveError } from '../errors.ts';
import type { ContainerEngine, EngineImage } from '../image/imaging.ts';
import type { Platform } from '../image/platform.ts';
import type { Reference } from '../image/reference.ts';
import type { Io } from '../ports.ts';
import { sizeText } from './text-table.ts';

/** Throws BASE_UNSUITABLE with what the registry says. */
export async function pullBase(
  reference: Reference,
  platform: Platform,
  engine: ContainerEngine,
  io: Io,
  signal: AbortSignal,
): Promise<EngineImage> {
  const name = nameInEngine(reference);
  const bar = io.terminal.progress(`pulling ${name}`);
  try {
    io.terminal.info(`pulling ${name} for ${platform}`);
    await engine.pull(reference, {
      platform,
      onProgress: (done, total) => bar.update(done, total, bytesDone(done, total)),
      signal,
    });
  } catch (error) {
    if (!(error instanceof MlserveError) || error.code !== 'REGISTRY_REFUSED') throw error;
    const detail = { where: 'image.base', cause: error, ...(error.hint === undefined ? {} : { hint: error.hint }) };
    throw new MlserveError('BASE_UNSUITABLE', `the engine does not have the base, and ${error.message}`, detail);
  } finally {
    bar.end();
  }
  const found = await engine.image(name);
  if (found !== undefined) return found;
  throw new MlserveError('BASE_UNSUITABLE', `the engine pulled ${name} and does not have it`, { where: 'image.base' });
}

export function nameInEngine({ name, tag, digest }: Reference): string {
  return digest === undefined ? `${name}:${tag ?? 'latest'}` : `${name}@${digest}`;
}

/** For people: `1.2 MB of 3.4 MB`. */
export function bytesDone(done: number, total: number): string {
  return `${sizeText(done)} of ${sizeText(total)}`;
}
