/** A build context × an engine → the id of the image, with its steps as they go; or the step that failed and what it printed. */
import { Readable } from 'node:stream';
import { MlserveError } from '../../errors.ts';
import { type BuildMessage, BuildProgress } from '../../image/build-progress.ts';
import type { BuildRequest, ContainerEngine } from '../../image/imaging.ts';
import type { Dockerode } from './dockerode.ts';
import { buildHint } from './errors.ts';
import { messagesOf } from './messages.ts';
import { openSession, type Upgrade } from './session.ts';

interface Builder {
  readonly docker: Dockerode;
  readonly builder: ContainerEngine['builder'];
  readonly upgrade: Upgrade;
}

/** Throws BUILD_FAILED, and what the context throws. */
export async function buildImage({ docker, builder, upgrade }: Builder, request: BuildRequest): Promise<string> {
  const { platform, isForeign, createdAt, onEvent, signal } = request;
  let broken: unknown;
  const remember = (error: unknown): void => {
    broken ??= error;
  };
  const context = {
    ...request.context,
    whole: rememberError(request.context.whole, remember),
    archives: request.context.archives.map((file) => ({
      ...file,
      content: () => rememberError(file.content(), remember),
    })),
  };
  const session = builder === 'classic' ? undefined : await openSession(upgrade, context);
  const body = Readable.from(session === undefined ? context.whole : []);
  const progress = new BuildProgress();
  try {
    const options = {
      // As a number: given the text "2" dockerode opens a session of its own, which has no files.
      version: (builder === 'buildkit' ? 2 : 1) as unknown as '2',
      // The classic builder holds every stage to it, whatever its FROM says.
      ...(isForeign && builder === 'classic' ? {} : { platform }),
      // What runs in the build needs none, and gets none.
      networkmode: 'none',
      rm: true,
      forcerm: true,
      ...(createdAt === undefined || builder === 'classic'
        ? {}
        : { buildargs: { SOURCE_DATE_EPOCH: String(createdAt) } }),
      ...(session === undefined ? {} : { remote: 'client-session', session: session.id }),
      abortSignal: signal,
    };
    const answer = (await docker.buildImage(body, options)) as Readable;
    for await (const message of messagesOf<BuildMessage>(answer))
      for (const event of progress.take(message)) onEvent(event);
  } catch (error) {
    if (broken !== undefined) throw broken;
    if (!(error instanceof Error) || !('statusCode' in error)) throw error;
    throw failed((error as Error).message, undefined, '');
  } finally {
    body.destroy();
    session?.close();
  }
  // The engine tells it as an error of its own.
  if (broken !== undefined) throw broken;
  const { failure, imageId } = progress;
  if (failure !== undefined) throw failed(failure.message, failure.step, failure.output);
  // An engine that is stopped ends its answer as if all were well.
  if (imageId === undefined) throw Object.assign(new Error('the build ended without an image'), { code: 'ECONNRESET' });
  return imageId;
}

async function* rememberError(
  context: AsyncIterable<Uint8Array>,
  remember: (error: unknown) => void,
): AsyncIterable<Uint8Array> {
  try {
    yield* context;
  } catch (error) {
    remember(error);
    throw error;
  }
}

function failed(message: string, step: string | undefined, output: string): MlserveError {
  const hint = buildHint(message, output);
  const issues =
    output === ''
      ? []
      : [{ rule: 'build.output', severity: 'error' as const, where: step ?? 'build', message: lastLines(output) }];
  return new MlserveError('BUILD_FAILED', `the image cannot be built: ${message}`, {
    ...(step === undefined ? {} : { where: step }),
    hint,
    issues,
  });
}

const SHOWN_LINES = 20;

function lastLines(output: string): string {
  return output.split('\n').slice(-SHOWN_LINES).join(' ⏎ ');
}
