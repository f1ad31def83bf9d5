/** A project and whom to load → that service, ready: the project's own server in a process of its own, a container, or the one at a URL. */

import type { RunTarget } from '../load/run.ts';
import { lockMissing } from '../lock/absent-lock.ts';
import type { Io } from '../ports.ts';
import type { ServedModel } from '../server/contract.ts';
import { lockedModels } from './locked-models.ts';
import type { Project } from './project.ts';
import { loadServedModels } from './served-models.ts';

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

/** `project`: with the models that are to be asked; its server serves all. Throws LOCK_MISSING, LOCK_MISMATCH, SERVICE_UNREACHABLE. */
export async function openBenchTarget(project: Project, { url, signal }: BenchWanted, io: Io): Promise<BenchTarget> {
  const { dir, spec, lock } = project;
  if (lock === undefined) throw lockMissing(dir);
  if (url !== undefined) {
    const models = lockedModels({ spec, lock });
    return { kind: 'url', name: url, url, models, failure: () => undefined, close: async () => {} };
  }
  const { models } = await loadServedModels(project, io, { frozen: true });
  const load = await io.load();
  const server = await io.terminal.step(`starting the server of ${spec.name}`, () => load.serve({ dir, signal }));
  return { kind: 'local', name: 'local', models, ...server };
}
