/** The name of an image × a locked project → a container of it that is ready to be asked, without a port or a network. */
import type { Io } from '../ports.ts';
import type { Project } from './project.ts';
import { startImage } from './start-image.ts';
import { talkAsked } from './talk-asked.ts';
import type { TestTarget } from './test-target.ts';

/** Throws as `startImage`. */
export async function imageTarget(name: string, project: Project, signal: AbortSignal, io: Io): Promise<TestTarget> {
  const { talk, close } = await startImage(name, project, { signal }, io);
  return { kind: 'image', name, asked: talkAsked(talk), close };
}
