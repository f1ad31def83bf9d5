/** A project and whom to ask → each of them ready to be asked: the models in this process, containers of images, servers at URLs. */
import { MlserveError } from '../errors.ts';
import { lockMissing } from '../lock/absent-lock.ts';
import type { Io } from '../ports.ts';
import type { ServedModel } from '../server/contract.ts';
import { grpcAsked } from './grpc-asked.ts';
import { imageTarget } from './image-target.ts';
import { lockedModels } from './locked-models.ts';
import type { Project } from './project.ts';
import { startInProcess } from './start-in-process.ts';
import { type RemoteOptions, restAsked, type TestTarget } from './test-target.ts';

export interface Wanted {
  readonly local: boolean;
  readonly images: readonly string[];
  readonly urls: readonly string[];
  readonly remote: Omit<RemoteOptions, 'signal'>;
}

export interface OpenTargets {
  /** As they should be: of the files where they are loaded, of the lock elsewhere. */
  readonly models: readonly ServedModel[];
  readonly targets: readonly TestTarget[];
  close(): Promise<void>;
}

/** Throws LOCK_MISMATCH, LOCK_MISSING where nothing else says what the models should be; then nothing is left running. */
export async function openTargets(project: Project, wanted: Wanted, signal: AbortSignal, io: Io): Promise<OpenTargets> {
  const { local, images, urls } = wanted;
  const remote = { ...wanted.remote, signal };
  const opened: TestTarget[] = [];
  const close = async (): Promise<void> => {
    for (const target of opened.splice(0)) await target.close();
  };
  // An interruption does not wait for what is being opened.
  signal.addEventListener('abort', () => void close().catch(() => {}));
  const addresses = urls.map(readAddress);
  try {
    let models: readonly ServedModel[];
    if (local) {
      const service = await startInProcess(project, io, { frozen: false });
      models = service.models;
      opened.push({ kind: 'local', name: 'local', asked: service.handler, close: () => service.close() });
    } else if (project.lock === undefined) throw lockMissing(project.dir);
    else models = lockedModels({ ...project, lock: project.lock });
    for (const image of images) {
      opened.push(await io.terminal.step(`starting ${image}`, () => imageTarget(image, project, signal, io)));
    }
    for (const { url, name, isGrpc } of addresses) {
      const asked = isGrpc ? grpcAsked({ url, spec: project.spec, models }, remote, io) : restAsked(url, remote, io);
      opened.push({ kind: 'url', name, asked, close: async () => {} });
    }
    return { models, targets: [...opened], close };
  } catch (error) {
    await close();
    throw error;
  }
}

function readAddress(text: string): { readonly url: string; readonly name: string; readonly isGrpc: boolean } {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^(https?|grpcs?):$/.test(url.protocol) || url.hostname === '') {
    const hint = 'give one like http://127.0.0.1:8080 or grpc://127.0.0.1:8081';
    throw new MlserveError('USAGE', `${JSON.stringify(text)} is no URL of http, https, grpc or grpcs`, { hint });
  }
  // Without a password that may be in it.
  const name = `${url.protocol}//${url.host}${url.pathname.replace(/\/+$/, '')}`;
  return { url: name, name, isGrpc: url.protocol.startsWith('grpc') };
}
