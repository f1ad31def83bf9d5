/** A project → its models loaded in this process, and the handler that answers for them: for `serve`, `validate`, `init` and `predict`. */
import { createEngine } from '../engine/create-engine.ts';
import type { Engine } from '../engine/engine.ts';
import { SILENT_LOG } from '../engine/silent-log.ts';
import type { Io, Log } from '../ports.ts';
import type { Gate } from '../server/auth/gate.ts';
import type { Handler, ReplaceableHandler } from '../server/contract.ts';
import { createHandler } from '../server/handler.ts';
import { engineModel } from './engine-model.ts';
import { type ModelControls, modelControl } from './model-control.ts';
import type { Project } from './project.ts';
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
  /** Who may do what; everybody everything when absent. */
  readonly gate?: Gate;
  /** Reads the project again, for models that are loaded again; they cannot be when absent. */
  readonly reopen?: () => Promise<Project>;
  /** Told when a run does not end in its time; nobody waits for it where nobody serves. */
  readonly onHang?: (reason: string) => void;
}

export interface InProcess extends Pick<ServedModels, 'models' | 'issues' | 'stamps'> {
  readonly engine: Engine;
  readonly handler: ReplaceableHandler;
  /** Undefined without `reopen`. */
  readonly control: ModelControls | undefined;
  /** Makes another handler over the same engine, without a log and with metrics of its own: for requests that are nobody's. */
  privateHandler(): Handler;
  /** Finishes what was admitted, then frees the models. Must be called: worker threads keep the process alive. */
  close(): Promise<void>;
}

/** Reads, judges and identifies the models, and loads nothing yet: `engine.start()` does. */
export async function prepareInProcess(project: Project, io: Io, options: InProcessOptions): Promise<InProcess> {
  const { spec, dir } = project;
  const { frozen, reopen } = options;
  const runtime = await io.runtime();
  const { models, issues, stamps } = options.served ?? (await loadServedModels(project, io, { frozen }));
  const log = options.log ?? (await io.openLog('off', {}));
  const toEngine = { dir, stamps, runtime, files: io.files, log };
  const engine = createEngine({
    models: models.map((model) => engineModel(model, toEngine)),
    clock: io.clock,
    cpus: await io.cpus(),
    onHang: (_model, reason) => options.onHang?.(reason),
  });
  const control = reopen && modelControl({ frozen, reopen, io, engine, start: { models, stamps }, log });
  const parts = { spec, models, engine, clock: io.clock, runtime: `onnxruntime-node ${runtime.version}` };
  const isOpen = control !== undefined && spec.admin.access !== 'off';
  const handler = createHandler({
    ...parts,
    log,
    pageFile: io.pageFile,
    processMetrics: options.processMetrics ?? false,
    ...(isOpen ? { control } : {}),
    ...(options.gate && { gate: options.gate }),
  });
  control?.attach(handler);
  return {
    engine,
    handler,
    control,
    models,
    issues,
    stamps,
    privateHandler: () => createHandler({ ...parts, log: SILENT_LOG }),
    close: () => engine.close(),
  };
}
