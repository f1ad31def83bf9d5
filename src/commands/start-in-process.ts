/** A project → its models loaded in this process and ready, or the reason why one is not. */
import type { Io } from '../ports.ts';
import { type InProcess, type InProcessOptions, prepareInProcess } from './in-process.ts';
import { failOnFailure } from './load-failure.ts';
import type { Project } from './project.ts';

/** Throws MODEL_INVALID when one does not load; then nothing is left running. */
export async function startInProcess(project: Project, io: Io, options: InProcessOptions): Promise<InProcess> {
  const inProcess = await prepareInProcess(project, io, options);
  await inProcess.engine.start();
  try {
    await failOnFailure(inProcess, io.files);
  } catch (error) {
    await inProcess.close();
    throw error;
  }
  return inProcess;
}
