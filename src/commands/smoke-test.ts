/** A built image → a container of it, started as in production, asked the golden examples and told to stop; or SMOKE_FAILED with its log. */
import { MlserveError } from '../errors.ts';
import type { ContainerEngine, RunningContainer } from '../image/imaging.ts';
import { SMOKE_COMMAND } from '../image/smoke-program.ts';
import type { Io } from '../ports.ts';
import { type SmokeResult, type SmokeSubject, tryContainer } from './try-container.ts';

export async function smokeTest(
  subject: SmokeSubject,
  engine: ContainerEngine,
  signal: AbortSignal,
  io: Io,
): Promise<SmokeResult> {
  return io.terminal.step('trying the image', () => tryImage(subject, engine, signal, io));
}

async function tryImage(
  subject: SmokeSubject,
  engine: ContainerEngine,
  signal: AbortSignal,
  io: Io,
): Promise<SmokeResult> {
  const { image, platform } = subject;
  const container = await engine.run({ image, platform, command: SMOKE_COMMAND });
  // Nobody waits for an interrupted test any more: without its container, whatever it waits for ends at once.
  const abandon = (): void => void container.remove().catch(() => {});
  signal.addEventListener('abort', abandon);
  if (signal.aborted) abandon();
  try {
    return await tryContainer(subject, container, signal, io);
  } catch (error) {
    throw await withLog(error, container, image);
  } finally {
    signal.removeEventListener('abort', abandon);
    await container.remove();
  }
}

/** The container knows why. */
async function withLog(error: unknown, container: RunningContainer, image: string): Promise<unknown> {
  if (!(error instanceof MlserveError) || error.code !== 'SMOKE_FAILED') return error;
  const log = await container.log().catch(() => '');
  const lines = log.split('\n').filter((line) => line !== '');
  const said = lines.map((message) => ({ rule: 'smoke.log', severity: 'info' as const, where: 'container', message }));
  return new MlserveError('SMOKE_FAILED', error.message, {
    where: image,
    issues: [...error.issues, ...said],
    hint: 'the image stays in the engine under this id, without a tag; "--no-smoke" builds without the test',
    cause: error,
  });
}
