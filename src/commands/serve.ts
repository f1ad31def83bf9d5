/** `mlserve serve`: a project or a model file → an HTTP service that runs until a signal, and what it says of itself once it is ready. */
import { LOCK_FILE } from '../lock/lockfile.ts';
import type { Io, Log, LogFields } from '../ports.ts';
import { type InProcess, prepareInProcess } from './in-process.ts';
import { failOnFailure } from './load-failure.ts';
import { openTarget } from './open-target.ts';
import { renderServe } from './render-serve.ts';
import { untilStopped } from './shutdown.ts';
import { workingRequest } from './working-request.ts';

export type LogFormat = 'json' | 'text' | 'off';

export interface ServeOptions {
  /** A project folder or a model file, relative to `io.cwd`. */
  readonly target: string;
  readonly host?: string | undefined;
  readonly port?: number | undefined;
  /** Refuse to serve without a lock. */
  readonly frozen: boolean;
  /** Lines for people on a terminal and JSON elsewhere when absent. */
  readonly log?: LogFormat | undefined;
  /** No lines on standard output. */
  readonly quiet: boolean;
}

/** Resolves when the service was told to stop and has. The port opens before the models load, so that probes are answered. */
export async function serve({ frozen, quiet, ...options }: ServeOptions, io: Io): Promise<Record<never, never>> {
  const project = await openTarget(options.target, { 'server.host': options.host, 'server.port': options.port }, io);
  const { spec } = project;
  const format = options.log ?? (quiet ? 'off' : io.terminal.isInteractive ? 'text' : 'json');
  const log = await io.openLog(format, { service: spec.name });
  const service = await prepareInProcess(project, io, { frozen, log, processMetrics: true });
  const logOf = (model: string): Log => (format === 'json' ? log.child(identityOf(service, model)) : log);
  const ownLog = logOf(spec.models[0]?.name ?? '');
  for (const { model, severity, where, message } of service.issues) {
    logOf(model)[severity === 'info' ? 'info' : 'warn'](`${where}: ${message}`);
  }
  if (project.lock === undefined && !project.isBare) {
    ownLog.warn(`there is no ${LOCK_FILE}, so nobody knows whether these are the agreed models: run "mlserve lock"`);
  }
  const listener = await io.listen(service.handler, { ...spec.server, ...spec.limits });
  const url = `http://${listener.host.includes(':') ? `[${listener.host}]` : listener.host}:${listener.port}`;
  ownLog.info('listening', { url, models: spec.models.map((model) => model.name).join(',') });

  let isStopping = false;
  const close = async (timeoutMs: number): Promise<void> => {
    await listener.close(timeoutMs);
    await service.close();
  };
  const drain = (): void => {
    isStopping = true;
    service.handler.drain();
  };
  const stopped = untilStopped(io, spec.drain, { drain, close }, ownLog);
  const announce = async (): Promise<void> => {
    await service.engine.start();
    if (isStopping) return;
    await failOnFailure(project, service, io.files);
    const [first] = service.models;
    const body = first && (await workingRequest(project, first, service.privateHandler(), io));
    const announcement = { url, spec, models: service.models, statuses: service.engine.statuses(), body };
    if (!isStopping && !quiet) await io.terminal.out(renderServe(announcement));
  };
  try {
    await Promise.all([stopped, announce()]);
  } catch (error) {
    await close(0);
    throw error;
  }
  return {};
}

function identityOf({ models }: InProcess, name: string): LogFields {
  const found = models.find(({ spec }) => spec.name === name);
  return found ? { model: name, version: found.spec.version, digest: found.fingerprint.model } : {};
}
