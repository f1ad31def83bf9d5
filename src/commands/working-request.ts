/** A project and its running models → a body of `POST /predict` that is answered with 200: a golden example, or made-up values. */
import type { Io } from '../ports.ts';
import { sampleRequests } from '../scaffold/sample-request.ts';
import type { Handler, ServedModel } from '../server/contract.ts';
import type { PredictionValue } from '../service/codec.ts';
import { jsonText } from '../service/rows/write-json.ts';
import { sampleRow } from '../service/sample-row.ts';
import type { Project } from './project.ts';

/** Longer bodies are no use on a command line. */
const LONGEST_BODY = 1500;

/** For the first model, which is what `/predict` means. Undefined when none of the candidates is short and answered. */
export async function workingRequest(
  project: Project,
  model: ServedModel,
  handler: Handler,
  io: Io,
): Promise<string | undefined> {
  const { features, signature } = model;
  for (const body of await goldenRequests(project, model, io)) if (await isFit(body, handler)) return body;
  const row = features && sampleRow(features.columns);
  // An element takes at least two characters.
  const made = features === undefined ? sampleRequests(signature, undefined, LONGEST_BODY / 2) : rowRequests(row);
  for (const request of made) if (await isFit(jsonText(request), handler)) return jsonText(request);
  return undefined;
}

function rowRequests(row: ReturnType<typeof sampleRow>): readonly PredictionValue[] {
  return row === undefined ? [] : [{ instances: [row] }];
}

async function goldenRequests({ dir }: Project, { spec }: ServedModel, io: Io): Promise<readonly string[]> {
  const bodies: string[] = [];
  for (const pattern of spec.examples) {
    for (const path of await io.files.glob(dir, pattern)) {
      // What is wrong with an example is for `mlserve validate` to say.
      const request = requestOf(await io.files.readText(`${dir}/${path}`).catch(() => ''));
      if (request !== undefined) bodies.push(request);
    }
  }
  return bodies;
}

function requestOf(text: string): string | undefined {
  // Integers that JSON.parse would change are left to the other candidates.
  if (/\d{16}/.test(text)) return undefined;
  try {
    const { request } = JSON.parse(text) as { request?: unknown };
    return request === undefined ? undefined : JSON.stringify(request);
  } catch {
    return undefined;
  }
}

async function isFit(body: string, handler: Handler): Promise<boolean> {
  if (body.length > LONGEST_BODY) return false;
  const { status } = await handler.handle({
    method: 'POST',
    target: '/predict',
    headers: { 'content-type': 'application/json' },
    body: new TextEncoder().encode(body),
    signal: new AbortController().signal,
  });
  return status === 200;
}
