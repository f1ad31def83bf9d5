/** The folder of the service in a container → whether the server beside this process is ready: what HEALTHCHECK of an image asks. */
import type { Inside, Io } from '../ports.ts';
import { openProject } from './project.ts';

export async function healthCheck(folder: string, io: Io, inside: Inside): Promise<boolean> {
  const { spec } = await openProject(folder, {}, io);
  const status = await inside.status({ port: spec.server.port, isTls: spec.tls.cert !== '', path: '/readyz' });
  if (status === 200) return true;
  io.terminal.error(status === undefined ? 'nobody answers' : `not ready: status ${status}`);
  return false;
}
