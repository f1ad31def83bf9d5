/** A client of the Docker Engine API that answers → the `ContainerEngine` port. */
import type { Readable } from 'node:stream';
import { MlserveError } from '../../errors.ts';
import type { ContainerEngine, EngineImage, Transfer } from '../../image/imaging.ts';
import { readPlatform } from '../../image/platform.ts';
import { formatTag, type Reference } from '../../image/reference.ts';
import { type Credentials, serverName } from '../../image/registry-auth.ts';
import { buildImage } from './build.ts';
import type { FindCredentials } from './credentials.ts';
import type { Dockerode } from './dockerode.ts';
import { engineGone, engineRefused, registryRefused } from './errors.ts';
import { followTransfer } from './messages.ts';
import { runContainer } from './run.ts';
import type { Upgrade } from './session.ts';

export interface EngineFacts {
  /** Where it listens, for people. */
  readonly at: string;
  readonly builder: ContainerEngine['builder'];
  readonly api: string;
  readonly credentials: FindCredentials;
  readonly upgrade: Upgrade;
}

export async function dockerEngine(
  docker: Dockerode,
  { at, builder, api, credentials, upgrade }: EngineFacts,
): Promise<ContainerEngine> {
  const {
    Version,
    Os,
    Arch,
    Components = [],
  } = (await docker.version()) as Awaited<ReturnType<Dockerode['version']>> & {
    readonly Components?: readonly { readonly Name?: string }[];
  };
  const product = Components.some(({ Name = '' }) => /podman/i.test(Name)) ? 'Podman' : 'Docker';
  const alive = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await work;
    } catch (error) {
      throw engineGone(error, at) ?? error;
    }
  };
  const simple = <T>(work: Promise<T>): Promise<T> =>
    alive(work).catch((error: unknown) => {
      throw engineRefused(error, at) ?? error;
    });
  const transfer = async (
    what: string,
    reference: Reference,
    work: (auth: object) => Promise<string | undefined>,
  ): Promise<string | undefined> => {
    const found = await credentials(reference.registry);
    try {
      return await alive(work(authConfig(found, reference.registry)));
    } catch (error) {
      throw registryRefused(error, what, reference.registry);
    }
  };
  return {
    name: `${product} ${Version} at ${at}`,
    platform: readPlatform(`${Os}/${Arch}`) ?? `${Os}/${Arch}`,
    builder,
    api,
    image: (name) => simple(inspectImage(docker, name)),
    history: async (id) =>
      (await simple(docker.getImage(id).history())).map((step: { CreatedBy?: string; Size?: number }) => ({
        createdBy: step.CreatedBy ?? '',
        bytes: step.Size ?? 0,
      })),
    async pull(reference, { platform, onProgress, signal }) {
      const name = pullName(reference);
      await transfer(`${name} cannot be pulled`, reference, async (authconfig) => {
        const options = { authconfig, ...(platform === undefined ? {} : { platform }), abortSignal: signal };
        return followTransfer((await docker.pull(name, options)) as Readable, onProgress);
      });
    },
    build: (request) => alive(buildImage({ docker, builder, upgrade }, request)),
    tag: (id, { name, tag }) => simple(docker.getImage(id).tag({ repo: name, tag })).then(() => {}),
    push: (reference, options) => pushImage(docker, reference, options, transfer),
    async run(request) {
      const container = await simple(runContainer(docker, request));
      return {
        startedMs: container.startedMs,
        port: container.port,
        converse: (words, signal) => alive(container.converse(words, signal)),
        log: () => simple(container.log()),
        stop: (timeoutMs) => simple(container.stop(timeoutMs)),
        remove: () => simple(container.remove()),
      };
    },
  };
}

async function inspectImage(docker: Dockerode, name: string): Promise<EngineImage | undefined> {
  try {
    const found = await docker.getImage(name).inspect();
    const { Id, RepoDigests, Config, Size, Os, Architecture } = found;
    const platform = readPlatform(`${Os}/${Architecture}`) ?? `${Os}/${Architecture}`;
    return { id: Id, digests: RepoDigests ?? [], labels: Config?.Labels ?? {}, bytes: Size, platform };
  } catch (error) {
    if ((error as { statusCode?: number }).statusCode === 404) return undefined;
    throw error;
  }
}

/** By digest where there is one: then the tag says nothing. */
function pullName(reference: Reference): string {
  return reference.digest === undefined ? formatTag(reference) : `${reference.name}@${reference.digest}`;
}

type TransferWork = (
  what: string,
  reference: Reference,
  work: (auth: object) => Promise<string | undefined>,
) => Promise<string | undefined>;

async function pushImage(
  docker: Dockerode,
  reference: Reference & { readonly tag: string },
  { onProgress, signal }: Transfer,
  transfer: TransferWork,
): Promise<string> {
  const name = formatTag(reference);
  const digest = await transfer(`${name} cannot be pushed`, reference, async (authconfig) => {
    const answer = await docker.getImage(reference.name).push({ tag: reference.tag, authconfig, abortSignal: signal });
    return followTransfer(answer as Readable, onProgress);
  });
  if (digest !== undefined) return digest;
  throw new MlserveError('REGISTRY_REFUSED', `${name} was pushed, but the engine does not say under which digest`, {
    where: reference.registry,
    hint: "push it again with the engine's own client",
  });
}

/** The header of the engine's API; it must be there for nobody too. */
function authConfig(credentials: Credentials | undefined, registry: string): object {
  if (credentials === undefined) return {};
  const serveraddress = serverName(registry);
  return 'identityToken' in credentials
    ? { identitytoken: credentials.identityToken, serveraddress }
    : { ...credentials, serveraddress };
}
