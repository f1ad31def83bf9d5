/** An engine × a context → a session of BuildKit: a connection in which the engine asks us (gRPC over HTTP/2) for the files that it does not have. */
import { createHash, randomUUID } from 'node:crypto';
import {
  type IncomingHttpHeaders,
  performServerHandshake,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2';
import { hostname } from 'node:os';
import type { Duplex } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { errorPacket } from '../../image/fsutil-packets.ts';
import type { BuildContext } from '../../image/imaging.ts';
import type { DatedFile } from '../../image/layer-archives.ts';
import { sendFiles } from '../../image/send-files.ts';
import { framed, messagesIn } from './grpc-frames.ts';

const FILES = '/moby.filesync.v1.FileSync/DiffCopy';
const HEALTH = '/grpc.health.v1.Health/Check';
/** A HealthCheckResponse with the status SERVING. */
const SERVING = Buffer.from([8, 1]);
/** Status codes of gRPC. */
const [OK, UNKNOWN, UNIMPLEMENTED] = [0, 2, 12];

export interface Session {
  readonly id: string;
  close(): void;
}

/** Asks an engine for a connection in which it is the client; undefined where it gives none. */
export type Upgrade = (
  path: string,
  headers: Readonly<Record<string, string | string[]>>,
) => Promise<Duplex | undefined>;

/** Undefined where the engine knows no sessions. */
export async function openSession(upgrade: Upgrade, context: BuildContext): Promise<Session | undefined> {
  const id = randomUUID();
  const socket = await upgrade('/session', {
    Upgrade: 'h2c',
    'X-Docker-Expose-Session-Uuid': id,
    'X-Docker-Expose-Session-Name': 'mlserve',
    'X-Docker-Expose-Session-Sharedkey': sharedKey(context.key),
    'X-Docker-Expose-Session-Grpc-Method': [FILES, HEALTH],
  });
  if (socket === undefined) return undefined;
  const session: ServerHttp2Session = performServerHandshake(socket);
  // When it breaks, the build says so.
  for (const end of [session, socket]) end.on('error', () => {});
  session.on('stream', (stream, headers) => {
    stream.on('error', () => {});
    void answer(stream, headers, context).catch(() => {});
  });
  return {
    id,
    close() {
      session.destroy();
      socket.destroy();
    },
  };
}

/** What the engine keeps of a project is compared with that project of this machine, and not overwritten by another. */
function sharedKey(key: string): string {
  return createHash('sha256').update(`${hostname()}\n${key}`).digest('hex');
}

/** Rejects when the engine goes away. */
async function answer(stream: ServerHttp2Stream, headers: IncomingHttpHeaders, context: BuildContext): Promise<void> {
  const path = headers[':path'];
  let status = path === FILES || path === HEALTH ? OK : UNIMPLEMENTED;
  stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
  stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': String(status) }));
  await pipeline(async function* () {
    if (path === HEALTH) yield framed(SERVING);
    if (path !== FILES) return;
    const files = askedFor(headers, context);
    // What is built needs the layers; without them nothing is.
    const allowed = files.some((file) => file !== context.dockerfile) ? context.valid : Promise.resolve();
    try {
      for await (const packet of sendFiles(files, allowed, messagesIn(stream.iterator({ destroyOnReturn: false }))))
        yield framed(packet);
    } catch (error) {
      status = UNKNOWN;
      yield framed(errorPacket((error as Error).message));
    }
  }, stream);
}

/** An engine names the paths that it wants: of the context, those that the Dockerfile names. */
function askedFor(headers: IncomingHttpHeaders, { dockerfile, archives }: BuildContext): readonly DatedFile[] {
  const files = headers['dir-name'] === 'dockerfile' ? [dockerfile] : archives;
  const wanted = [...listIn(headers['include-patterns']), ...listIn(headers.followpaths)];
  return wanted.length === 0 ? files : files.filter(({ path }) => wanted.includes(path));
}

/** Node joins headers that are repeated; no name of ours has a comma. */
function listIn(header: string | string[] | undefined): readonly string[] {
  return header === undefined ? [] : String(header).split(/, ?/);
}
