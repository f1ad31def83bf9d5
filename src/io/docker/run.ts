/** The id of an image × an engine → a running container of it: no network but for a published port, a read-only root, no capabilities, no new privileges. */
import { createInterface } from 'node:readline';
import { type Duplex, PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { MlserveError } from '../../errors.ts';
import type { Conversation, RunningContainer, RunRequest } from '../../image/imaging.ts';
import type { Dockerode } from './dockerode.ts';

const LOG_LINES = 50;
const LONGEST_COMPLAINT = 2000;

type Container = ReturnType<Dockerode['getContainer']>;

export async function runContainer(
  docker: Dockerode,
  { image, platform, command, publish }: RunRequest,
): Promise<RunningContainer> {
  const container = await docker.createContainer({
    Image: image,
    platform,
    Cmd: [...command],
    ...(publish === undefined ? {} : { ExposedPorts: { [`${publish}/tcp`]: {} } }),
    HostConfig: {
      ...(publish === undefined ? { NetworkMode: 'none' } : { PortBindings: portBindings(publish) }),
      ReadonlyRootfs: true,
      CapDrop: ['ALL'],
      SecurityOpt: ['no-new-privileges'],
    },
  });
  try {
    await container.start();
    const { State, NetworkSettings } = await container.inspect();
    const [bound] = NetworkSettings.Ports?.[`${publish}/tcp`] ?? [];
    return {
      startedMs: Date.parse(State.StartedAt),
      port: bound && Number(bound.HostPort),
      converse: (words, signal) =>
        converse(docker, container, words, signal).catch(refused('no program can be started in the container')),
      log: () => readLog(docker, container),
      async stop(timeoutMs) {
        await container.stop({ t: Math.ceil(timeoutMs / 1000) }).catch(unlessStopped);
        return (await container.inspect()).State.ExitCode;
      },
      remove: () => remove(container),
    };
  } catch (error) {
    await remove(container);
    return refused('a container of the image cannot be started')(error);
  }
}

/** A free port of the loopback address: nobody else is to reach a service without keys. */
function portBindings(port: number): Record<string, readonly object[]> {
  return { [`${port}/tcp`]: [{ HostIp: '127.0.0.1', HostPort: '' }] };
}

/** What the engine answers goes into SMOKE_FAILED; that it does not answer passes. */
function refused(what: string): (error: unknown) => never {
  return (error) => {
    if (!('statusCode' in (error as object))) throw error;
    throw new MlserveError('SMOKE_FAILED', `${what}: ${(error as Error).message.trim()}`, { cause: error });
  };
}

/** The container may have ended by itself. */
function unlessStopped(error: { readonly statusCode?: number }): void {
  if (error.statusCode !== 304) throw error;
}

async function remove(container: Container): Promise<void> {
  await container.remove({ force: true, v: true }).catch((error: { readonly statusCode?: number }) => {
    if (error.statusCode !== 404 && error.statusCode !== 409) throw error;
  });
}

async function converse(
  docker: Dockerode,
  container: Container,
  words: readonly string[],
  abortSignal: AbortSignal,
): Promise<Conversation> {
  const attach = { AttachStdin: true, AttachStdout: true, AttachStderr: true };
  const started = await container.exec({ Cmd: [...words], ...attach, abortSignal });
  const socket = (await started.start({ hijack: true, stdin: true, abortSignal })) as Duplex;
  // An engine may keep the connection of a container that is gone, and so this process.
  abortSignal.addEventListener('abort', () => socket.destroy(), { once: true });
  if (abortSignal.aborted) socket.destroy();
  const [out, err] = [new PassThrough(), new PassThrough()];
  docker.modem.demuxStream(socket, out, err);
  let complaint = '';
  err.setEncoding('utf8').on('data', (chunk: string) => {
    complaint = (complaint + chunk).slice(0, LONGEST_COMPLAINT);
  });
  const finish = (): void => void out.end();
  socket.once('end', finish).once('close', finish).once('error', finish);
  const lines = createInterface({ input: out })[Symbol.asyncIterator]();
  return {
    async ask(line) {
      socket.write(`${line}\n`);
      const { done, value } = await lines.next();
      if (!done) return value;
      throw new MlserveError(
        'SMOKE_FAILED',
        `the program that asks the server ended: ${complaint.trim() || 'without a word'}`,
      );
    },
    end: () => void socket.end(),
  };
}

async function readLog(docker: Dockerode, container: Container): Promise<string> {
  const answer: unknown = await container.logs({ stdout: true, stderr: true, follow: false, tail: LOG_LINES });
  // Of a container that was removed Podman answers an object.
  if (!Buffer.isBuffer(answer)) return '';
  const all = new PassThrough();
  docker.modem.demuxStream(
    Readable.from([answer]).once('end', () => all.end()),
    all,
    all,
  );
  return (await text(all)).trimEnd();
}
