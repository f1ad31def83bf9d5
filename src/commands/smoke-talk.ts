/** A container of an image → a talk with a program in it, which asks the server; what does not come in time is SMOKE_FAILED. */
import { MlserveError } from '../errors.ts';
import type { RunningContainer } from '../image/imaging.ts';
import {
  askCommand,
  type SmokeReady,
  type SmokeRequest,
  type SmokeResponse,
  type SmokeWait,
} from '../image/smoke-program.ts';
import type { Issue } from '../issue.ts';

export interface SmokeTalk {
  /** Until the server is ready, or has not become it in this time. */
  wait(waitMs: number): Promise<SmokeReady>;
  ask(request: SmokeRequest): Promise<SmokeResponse>;
  end(): void;
}

/** For the engine to start the program, and for one answer: a large example of a slow model. */
const PATIENCE_MS = 120_000;

export function smokeFailed(message: string, issues: readonly Issue[] = []): MlserveError {
  return new MlserveError('SMOKE_FAILED', `the image does not work as it should: ${message}`, { issues });
}

/** `node` is the program in the image. */
export async function startTalk(container: RunningContainer, node: string, signal: AbortSignal): Promise<SmokeTalk> {
  const talk = await within(PATIENCE_MS, 'the engine started no program', container.converse(askCommand(node), signal));
  const say = async <T>(question: SmokeRequest | SmokeWait, timeoutMs: number): Promise<T> =>
    readAnswer(await within(timeoutMs, 'no answer came', talk.ask(JSON.stringify(question))));
  return {
    wait: (waitMs) => say({ waitMs }, waitMs + PATIENCE_MS),
    ask: (request) => say(request, PATIENCE_MS),
    end: () => talk.end(),
  };
}

/** Where the program did not start, an engine may say so in its place. */
function readAnswer<T>(line: string): T {
  try {
    return JSON.parse(line) as T;
  } catch {
    throw smokeFailed(`instead of an answer this came: ${line}`);
  }
}

async function within<T>(timeoutMs: number, what: string, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(smokeFailed(`${what} in ${timeoutMs / 1000} s`)), timeoutMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
