/** A built image → a container of it, started as in production, asked the golden examples and told to stop; or SMOKE_FAILED with its log. */
import { MlserveError } from '../errors.ts';
import type { ContainerEngine, RunningContainer } from '../image/imaging.ts';
import type { Platform } from '../image/platform.ts';
import { askCommand, SMOKE_COMMAND, type SmokeReady, type SmokeWait } from '../image/smoke-program.ts';
import { hasErrors } from '../issue.ts';
import type { Io } from '../ports.ts';
import { askContainer, smokeFailed } from './ask-container.ts';
import type { LockedProject } from './prepared-image.ts';

export interface SmokeSubject {
  readonly project: LockedProject;
  readonly image: string;
  readonly platform: Platform;
  /** Node in the image. */
  readonly node: string;
}

export interface SmokeResult {
  /** From the start of the container until it is ready. */
  readonly readyMs: number;
  readonly rssBytes: number;
  /** From SIGTERM to its end. */
  readonly stopMs: number;
  readonly examples: { readonly asked: number; readonly passed: number };
}

const READY_MS = 60_000;
/** Beyond `drain.timeoutMs`. */
const STOP_GRACE_MS = 5000;

export async function smokeTest(subject: SmokeSubject, engine: ContainerEngine, io: Io): Promise<SmokeResult> {
  const { image, platform, project, node } = subject;
  const container = await engine.run({ image, platform, command: SMOKE_COMMAND });
  try {
    const talk = await container.converse(askCommand(node));
    const wait: SmokeWait = { waitMs: READY_MS };
    const ready = JSON.parse(await talk.ask(JSON.stringify(wait))) as SmokeReady;
    if (!ready.isReady) throw smokeFailed(`the server was not ready after ${READY_MS / 1000} s (${ready.last})`);
    const { issues, ...examples } = await askContainer(project, talk, io);
    if (hasErrors(issues)) throw smokeFailed('golden examples are not answered as expected', issues);
    talk.end();
    const before = io.clock.monotonic();
    const code = await container.stop(project.spec.drain.timeoutMs + STOP_GRACE_MS);
    const stopMs = io.clock.monotonic() - before;
    if (code !== 0) throw smokeFailed(`the server ended with exit code ${code} after SIGTERM`);
    return { readyMs: ready.at - container.startedMs, rssBytes: ready.rssBytes, stopMs, examples };
  } catch (error) {
    throw await withLog(error, container, image);
  } finally {
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
