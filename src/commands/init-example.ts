/** A project with a model and no example yet → a request that the model answers, and its answer, from the handler that will serve it. */

import { SILENT_LOG } from '../engine/silent-log.ts';
import type { Io } from '../ports.ts';
import type { Example, ProjectModel } from '../scaffold/project-model.ts';
import { sampleRequests } from '../scaffold/sample-request.ts';
import type { Handler } from '../server/contract.ts';
import { parseJson } from '../server/json/read-value.ts';
import type { PredictionValue } from '../service/codec.ts';
import { jsonText } from '../service/rows/write-json.ts';
import { openProject } from './project.ts';
import { startInProcess } from './start-in-process.ts';

/** `folder` holds `mlserve.yaml` and the model. Undefined when none of the requests that can be made up is answered. */
export async function firstExample(folder: string, model: ProjectModel, io: Io): Promise<Example | undefined> {
  const project = await openProject(folder, {}, io);
  const { handler, close } = await startInProcess(project, io, { frozen: false, log: SILENT_LOG });
  try {
    for (const request of sampleRequests(model.signature, model.features)) {
      const { status, body } = await ask(handler, request);
      if (status === 200) return { request, predictions: predictionsOf(body) };
    }
    return undefined;
  } finally {
    await close();
  }
}

async function ask(handler: Handler, request: PredictionValue): Promise<{ status: number; body: string }> {
  const { status, body } = await handler.handle({
    method: 'POST',
    target: '/predict',
    headers: { 'content-type': 'application/json' },
    body: new TextEncoder().encode(jsonText(request)),
    signal: new AbortController().signal,
  });
  return { status, body: typeof body === 'string' ? body : new TextDecoder().decode(body) };
}

/** Without loss: 64-bit integers in an answer stay what they are. */
function predictionsOf(body: string): readonly PredictionValue[] {
  const { predictions } = parseJson(body) as { readonly predictions: readonly PredictionValue[] };
  return predictions;
}
