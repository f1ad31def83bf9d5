/** The name of an image × a locked project → a container of it that is ready to be asked, without a port or a network. */
import { MlserveError } from '../errors.ts';
import { readBase } from '../image/base.ts';
import type { ContainerEngine, EngineImage } from '../image/imaging.ts';
import { readLabels } from '../image/labels.ts';
import { readPlatform } from '../image/platform.ts';
import { type Reference, readReference } from '../image/reference.ts';
import { SMOKE_COMMAND } from '../image/smoke-program.ts';
import type { Io } from '../ports.ts';
import type { Project } from './project.ts';
import { bytesDone } from './pull-base.ts';
import { startTalk } from './smoke-talk.ts';
import { talkAsked } from './talk-asked.ts';
import type { TestTarget } from './test-target.ts';

const READY_MS = 60_000;

/** Throws ENGINE_UNREACHABLE, REGISTRY_REFUSED, IMAGE_NOT_FOUND, and SMOKE_FAILED for one that does not become ready. */
export async function imageTarget(name: string, { spec }: Project, signal: AbortSignal, io: Io): Promise<TestTarget> {
  const reference = readReference(name);
  if (reference === undefined)
    throw new MlserveError('USAGE', `"${name}" is not the name of an image`, { where: '--image' });
  const engine = await (await io.imaging()).engine();
  const image = (await engine.image(name)) ?? (await pull(name, reference, engine, signal, io));
  if (readLabels(image.labels) === undefined) throw unfit(name, 'was not made by mlserve: it has none of its labels');
  const platform = readPlatform(image.platform);
  if (platform === undefined) throw unfit(name, `is for ${image.platform}, where mlserve does not run`);
  const container = await engine.run({ image: image.id, platform, command: SMOKE_COMMAND });
  const abandon = (): void => void container.remove().catch(() => {});
  signal.addEventListener('abort', abandon);
  const close = async (): Promise<void> => {
    signal.removeEventListener('abort', abandon);
    await container.remove();
  };
  try {
    const talk = await startTalk(container, readBase(spec.image.base, spec.image.node).node);
    const ready = await talk.wait(READY_MS);
    if (!ready.isReady) throw unfit(name, `was not ready after ${READY_MS / 1000} s (${ready.last})`);
    return { kind: 'image', name, asked: talkAsked(talk), close };
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

async function pull(
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
