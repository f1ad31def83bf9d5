/** A running container of a built image → how it became ready, answered the golden examples and stopped; or SMOKE_FAILED. */
import type { RunningContainer } from '../image/imaging.ts';
import type { Platform } from '../image/platform.ts';
import { hasErrors } from '../issue.ts';
import type { Io } from '../ports.ts';
import { askContainer } from './ask-container.ts';
import type { LockedProject } from './prepared-image.ts';
import { smokeFailed, startTalk } from './smoke-talk.ts';

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

export async function tryContainer(
  { project, node }: SmokeSubject,
  container: RunningContainer,
  signal: AbortSignal,
  io: Io,
): Promise<SmokeResult> {
  const talk = await startTalk(container, node, signal);
  const ready = await talk.wait(READY_MS);
  if (!ready.isReady) throw smokeFailed(`the server was not ready after ${READY_MS / 1000} s (${ready.last})`);
  const { issues, ...examples } = await askContainer(project, talk, io);
  if (hasErrors(issues)) throw smokeFailed('golden examples are not answered as expected', issues);
  talk.end();
  const before = io.clock.monotonic();
  const code = await container.stop(project.spec.drain.timeoutMs + STOP_GRACE_MS);
  const stopMs = io.clock.monotonic() - before;
  if (code !== 0) throw smokeFailed(`the server ended with exit code ${code} after SIGTERM`);
  return { readyMs: ready.at - container.startedMs, rssBytes: ready.rssBytes, stopMs, examples };
}
