/** A service whose port is open → its models loaded, and what a person is told once they are ready. */
import type { Io } from '../ports.ts';
import type { InProcess } from './in-process.ts';
import { failOnFailure } from './load-failure.ts';
import type { Access } from './open-access.ts';
import type { OpenPorts } from './open-ports.ts';
import type { Project } from './project.ts';
import { renderServe } from './render-serve.ts';
import { workingRequest } from './working-request.ts';

export interface AnnounceOptions {
  readonly ports: Pick<OpenPorts, 'url' | 'grpc'>;
  readonly access: Access;
  /** Asked after each step: whoever stops a service does not want to read that it is ready. */
  readonly isStopping: () => boolean;
  readonly quiet: boolean;
  /** Called when every model is ready. */
  readonly onReady: () => void;
}

/** Throws MODEL_INVALID when a model does not load. */
export async function announce(
  project: Project,
  service: InProcess,
  { ports, access, isStopping, quiet, onReady }: AnnounceOptions,
  io: Io,
): Promise<void> {
  const { engine, models } = service;
  await engine.start();
  if (isStopping()) return;
  await failOnFailure(service, io.files);
  onReady();
  if (quiet) return;
  const [first] = models;
  const body = first && (await workingRequest(project, first, service.privateHandler(), io));
  const { keys, tls } = access;
  const asks = {
    tls: tls.value !== undefined,
    certificate: tls.value?.clientCa !== undefined,
    key: keys.value !== undefined,
  };
  const { url, grpc } = ports;
  const text = renderServe({ url, grpc, asks, spec: project.spec, models, statuses: engine.statuses(), body });
  if (!isStopping()) await io.terminal.out(text);
}
