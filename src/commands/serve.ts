/** `mlserve serve`: a project or a model file → an HTTP service that runs until a signal, and what it says of itself once it is ready. */
import type { Io, LogFormat } from '../ports.ts';
import type { SettingFlags } from '../service/resolve-settings.ts';
import { announce } from './announce.ts';
import { followAccess } from './follow-access.ts';
import { followFiles } from './follow-files.ts';
import { prepareInProcess } from './in-process.ts';
import { openAccess } from './open-access.ts';
import { openPorts } from './open-ports.ts';
import { openTarget } from './open-target.ts';
import { logStart } from './service-log.ts';
import { endHung, untilStopped } from './shutdown.ts';

export interface ServeOptions {
  /** A project folder or a model file, relative to `io.cwd`. */
  readonly target: string;
  /** Settings that the command line gives, by path. */
  readonly settings?: SettingFlags;
  /** Refuse to serve without a lock. */
  readonly frozen: boolean;
  /** Load models again when their files change. */
  readonly watch: boolean;
  /** Lines for people on a terminal and JSON elsewhere when absent. */
  readonly log?: LogFormat | undefined;
  /** No lines on standard output. */
  readonly quiet: boolean;
}

/** Resolves when the service was told to stop and has. The port opens before the models load, so that probes are answered. */
export async function serve({ frozen, quiet, watch, ...options }: ServeOptions, io: Io): Promise<Record<never, never>> {
  const reopen = () => openTarget(options.target, options.settings ?? {}, io);
  const project = await reopen();
  const { spec } = project;
  const format = options.log ?? (quiet ? 'off' : io.terminal.isInteractive ? 'pretty' : 'json');
  const log = await io.openLog(format, { service: spec.name });
  const access = await openAccess(project, io);
  const service = await prepareInProcess(project, io, {
    frozen,
    log,
    processMetrics: true,
    reopen,
    gate: access.gate,
    onHang: () => endHung(io, { drain, close: (ms) => ports.close(ms) }),
  });
  const ownLog = logStart(log, project, service, format !== 'json');
  const ports = await openPorts(service.handler, spec, access.tls.value, io, ownLog);

  let isStopping = false;
  const drain = (): void => {
    isStopping = true;
    service.handler.drain();
    ports.drain();
  };
  const close = async (timeoutMs: number): Promise<void> => {
    await ports.close(timeoutMs);
    await service.close();
  };
  const stopped = untilStopped(io, spec.drain, { drain, close }, ownLog);
  const stopFollowing = followAccess({ access, ports, files: io.files, clock: io.clock, log: ownLog });
  const followed = { dir: project.dir, control: service.control, files: io.files, log: ownLog };
  const onReady = (): void => void (watch && stopped.finally(followFiles(followed)));
  const announcing = { ports, access, quiet, isStopping: () => isStopping, onReady };
  try {
    await Promise.all([stopped, announce(project, service, announcing, io)]);
  } catch (error) {
    await close(0);
    throw error;
  } finally {
    stopFollowing();
  }
  return {};
}
