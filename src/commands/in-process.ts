/** A project → its models loaded in this process, and the handler that answers for them: for `serve`, `validate`, `init` and `predict`. */
import { join } from 'node:path';
import { createEngine } from '../engine/create-engine.ts';
import type { Engine } from '../engine/engine.ts';
import type { Io, Log } from '../ports.ts';
import type { Handler } from '../server/contract.ts';
import { createHandler } from '../server/handler.ts';
import { failOnFailure } from './load-failure.ts';
import type { Project } from './project.ts';
import { checkedRuntime } from './same-files.ts';
import { loadServedModels, type ServedModels } from './served-models.ts';

export interface InProcessOptions {
  /** Refuse a project without a lock. */
  readonly frozen: boolean;
  /** The models when they have been read already: the lock is then not asked. */
  readonly served?: ServedModels;
  /** Where the service logs; nowhere but for trouble when absent. */
  readonly log?: Log;
  /** Also show metrics of the whole process in `/metrics`. */
  readonly processMetrics?: boolean;
}

export interface InProcess extends Pick<ServedModels, 'models' | 'issues' | 'stamps'> {
  readonly engine: Engine;
  readonly handler: Handler;
  /** Makes another handler over the same engine, without a log and with metrics of its own: for requests that are nobody's. */
  privateHandler(): Handler;
  /** Finishes what was admitted, then frees the models. Must be called: worker threads keep the process alive. */
  close(): Promise<void>;
}

/** For questions of our own, whose failures are nobody's news. */
export const SILENT_LOG: Log = { info: () => {}, warn: () => {}, error: () => {}, child: () => SILENT_LOG };

/** Reads, judges and identifies the models, and loads nothing yet: `engine.start()` does. */
export async function prepareInProcess(project: Project, io: Io, options: InProcessOptions): Promise<InProcess> {
  const { spec, dir } = project;
  const runtime = await io.runtime();
  const { models, issues, stamps } = options.served ?? (await loadServedModels(project, io, options.frozen));
  const log = options.log ?? (await io.openLog('off', {}));
  const engine = createEngine({
    spec,
    models: models.map(({ spec: { name, version, path }, signature, fingerprint }) => ({
      name,
      path: join(dir, path),
      signature,
      log: log.child({ model: name, version, digest: fingerprint.model }),
    })),
    runtime: checkedRuntime(runtime, stamps, io.files),
    clock: io.clock,
    cpus: await io.cpus(),
  });
  const parts = { spec, models, engine, clock: io.clock, runtime: `onnxruntime-node ${runtime.version}` };
  return {
    engine,
    handler: createHandler({ ...parts, log, processMetrics: options.processMetrics ?? false }),
    models,
    issues,
    stamps,
    privateHandler: () => createHandler({ ...parts, log: SILENT_LOG }),
    close: () => engine.close(),
  };
}

/** The same with every model ready. Throws MODEL_INVALID when one does not load. */
export async function startInProcess(project: Project, io: Io, options: InProcessOptions): Promise<InProcess> {
  const inProcess = await prepareInProcess(project, io, options);
  await inProcess.engine.start();
  try {
    await failOnFailure(project, inProcess, io.files);
  } catch (error) {
    await inProcess.close();
    throw error;
  }
  return inProcess;
}
