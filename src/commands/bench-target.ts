/** A project and whom to load → that service, ready: the project's own server in a process of its own, a container, or the one at a URL. */

import { MlserveError } from '../errors.ts';
import { SMOKE_PORT } from '../image/smoke-program.ts';
import type { RunTarget } from '../load/run.ts';
import { lockMissing } from '../lock/absent-lock.ts';
import type { Io } from '../ports.ts';
import type { ServedModel } from '../server/contract.ts';
import { lockedModels } from './locked-models.ts';
import type { Project } from './project.ts';
import { loadServedModels } from './served-models.ts';
import { startImage } from './start-image.ts';

export interface BenchTarget extends RunTarget {
  readonly url: string;
  /** As the lock has them. */
  readonly models: readonly ServedModel[];
  /** Why it has ended by itself; undefined while nothing is known of that. */
  failure(): string | undefined;
  /** To be called in every case. */
  close(): Promise<void>;
}

export interface BenchWanted {
  readonly url: string | undefined;
  readonly image: string | undefined;
  readonly signal: AbortSignal;
}

/** `project`: with the models that are to be asked; its server serves all. Throws LOCK_MISSING, LOCK_MISMATCH, SERVICE_UNREACHABLE, and what `startImage` throws. */
export async function openBenchTarget(project: Project, wanted: BenchWanted, io: Io): Promise<BenchTarget> {
  const { dir, spec, lock } = project;
  const { url, image, signal } = wanted;
  if (lock === undefined) throw lockMissing(dir);
  if (url !== undefined) {
    const models = lockedModels({ spec, lock });
    return { kind: 'url', name: url, url, models, failure: () => undefined, close: async () => {} };
  }
  if (image !== undefined) {
    const { address, close } = await startPublished(image, project, signal, io);
    const models = lockedModels({ spec, lock });
    return { kind: 'image', name: image, url: address, models, failure: () => undefined, close };
  }
  const { models } = await loadServedModels(project, io, { frozen: true });
  const load = await io.load();
  const server = await io.terminal.step(`starting the server of ${spec.name}`, () => load.serve({ dir, signal }));
  return { kind: 'local', name: 'local', models, ...server };
}

/** Only from this machine, and without the keys and certificates of the project, which are in no image. */
async function startPublished(image: string, project: Project, signal: AbortSignal, io: Io) {
  const { container, close } = await io.terminal.step(`starting ${image}`, () =>
    startImage(image, project, { signal, publish: SMOKE_PORT }, io),
  );
  if (container.port !== undefined) return { address: `http://127.0.0.1:${container.port}`, close };
  await close();
  throw new MlserveError('ENGINE_REFUSED', 'the engine does not publish the port of the container', {
    where: image,
    hint: 'start a container yourself, and give its address with --url',
  });
}
