/** A conversation with the server in a container → the golden examples of the project, asked of it; every answer must name a locked model. */
import type { SmokeResponse } from '../image/smoke-program.ts';
import type { Lock } from '../lock/lock.ts';
import type { Io } from '../ports.ts';
import { lockedModels } from './locked-models.ts';
import type { LockedProject } from './prepared-image.ts';
import { askExamples, type ExampleRun } from './run-examples.ts';
import { type SmokeTalk, smokeFailed } from './smoke-talk.ts';
import { talkAsked } from './talk-asked.ts';

/** In the way that `validate` asks its own server. Throws SMOKE_FAILED for an answer of another model. */
export function askContainer(project: LockedProject, talk: SmokeTalk, io: Io): Promise<ExampleRun> {
  const asked = talkAsked({
    async ask(request) {
      const answer = await talk.ask(request);
      requireIdentity(answer, project.lock);
      return answer;
    },
  });
  return askExamples(project.dir, lockedModels(project), asked, io);
}

function requireIdentity({ headers }: SmokeResponse, { models }: Lock): void {
  const { 'x-model-name': name, 'x-model-version': version, 'x-model-digest': digest } = headers;
  const isLocked = models.some(
    (model) => model.name === name && model.version === version && model.digests.model === digest,
  );
  if (!isLocked) throw smokeFailed(`an answer says that it is from ${name} ${version} ${digest}, which is not locked`);
}
