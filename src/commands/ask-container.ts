/** A conversation with the server in a container → the golden examples of the project, asked of it; every answer must name a locked model. */
import { MlserveError } from '../errors.ts';
import type { Conversation } from '../image/imaging.ts';
import type { SmokeRequest, SmokeResponse } from '../image/smoke-program.ts';
import type { Issue } from '../issue.ts';
import type { Lock } from '../lock/lock.ts';
import type { Io } from '../ports.ts';
import type { Handler } from '../server/contract.ts';
import { lockedModels } from './locked-models.ts';
import type { LockedProject } from './prepared-image.ts';
import { askExamples, type ExampleRun } from './run-examples.ts';

export function smokeFailed(message: string, issues: readonly Issue[] = []): MlserveError {
  return new MlserveError('SMOKE_FAILED', `the image was built, but ${message}`, { issues });
}

/** In the way that `validate` asks its own server. Throws SMOKE_FAILED for an answer of another model. */
export function askContainer(project: LockedProject, talk: Conversation, io: Io): Promise<ExampleRun> {
  const handler: Pick<Handler, 'handle'> = {
    async handle({ method, target, headers, body }) {
      const request: SmokeRequest = { method, target, headers, body: Buffer.from(body).toString('base64') };
      const answer = JSON.parse(await talk.ask(JSON.stringify(request))) as SmokeResponse;
      requireIdentity(answer, project.lock);
      return { ...answer, body: Buffer.from(answer.body, 'base64') };
    },
  };
  return askExamples(project.dir, lockedModels(project), handler, io);
}

function requireIdentity({ headers }: SmokeResponse, { models }: Lock): void {
  const { 'x-model-name': name, 'x-model-version': version, 'x-model-digest': digest } = headers;
  const isLocked = models.some(
    (model) => model.name === name && model.version === version && model.digests.model === digest,
  );
  if (!isLocked) throw smokeFailed(`an answer says that it is from ${name} ${version} ${digest}, which is not locked`);
}
