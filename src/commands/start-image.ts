/** The name of an image × a locked project → a running container of it whose server is ready: without a network, unless a port is published. */
import { MlserveError } from '../errors.ts';
import { readBase } from '../image/base.ts';
import type { RunningContainer, RunRequest } from '../image/imaging.ts';
import { readLabels } from '../image/labels.ts';
import { readPlatform } from '../image/platform.ts';
import { readReference } from '../image/reference.ts';
import { SMOKE_COMMAND } from '../image/smoke-program.ts';
import type { Io } from '../ports.ts';
import type { Project } from './project.ts';
import { pullImage } from './pull-image.ts';
import { type SmokeTalk, startTalk } from './smoke-talk.ts';

const READY_MS = 60_000;

/** A container of an image whose server is ready. */
export interface ImageServer {
  readonly container: RunningContainer;
  readonly talk: SmokeTalk;
  /** To be called in every case. */
  close(): Promise<void>;
}

/** Throws ENGINE_UNREACHABLE, REGISTRY_REFUSED, IMAGE_NOT_FOUND, and SMOKE_FAILED for one that does not become ready. */
export async function startImage(
  name: string,
  { spec }: Project,
  { signal, ...network }: { readonly signal: AbortSignal } & Pick<RunRequest, 'publish'>,
  io: Io,
): Promise<ImageServer> {
  const reference = readReference(name);
  if (reference === undefined)
    throw new MlserveError('USAGE', `"${name}" is not the name of an image`, { where: '--image' });
  const engine = await (await io.imaging()).engine();
  const image = (await engine.image(name)) ?? (await pullImage(name, reference, engine, signal, io));
  if (readLabels(image.labels) === undefined) throw unfit(name, 'was not made by mlserve: it has none of its labels');
  const platform = readPlatform(image.platform);
  if (platform === undefined) throw unfit(name, `is for ${image.platform}, where mlserve does not run`);
  const container = await engine.run({ image: image.id, platform, command: SMOKE_COMMAND, ...network });
  const abandon = (): void => void container.remove().catch(() => {});
  signal.addEventListener('abort', abandon);
  const close = async (): Promise<void> => {
    signal.removeEventListener('abort', abandon);
    await container.remove();
  };
  try {
    const talk = await startTalk(container, readBase(spec.image.base, spec.image.node).node, signal);
    const ready = await talk.wait(READY_MS);
    if (!ready.isReady) throw unfit(name, `was not ready after ${READY_MS / 1000} s (${ready.last})`);
    return { container, talk, close };
  } catch (error) {
    await close();
    throw error;
  }
}

function unfit(name: string, why: string): MlserveError {
  return new MlserveError('SMOKE_FAILED', `the image ${why}`, {
    where: name,
    hint: 'build it with "mlserve build image"',
  });
}
