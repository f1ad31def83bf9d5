/** One golden example asked of the running service, through the server's own handler → where the answer is not what it should be. */
import type { Issue } from '../issue.ts';
import type { Handler, ServedModel } from '../server/contract.ts';
import { JsonError } from '../server/json/json-error.ts';
import { type JsonValue, parseJson } from '../server/json/read-value.ts';
import type { PredictionValue } from '../service/codec.ts';
import { compareGolden } from '../service/compare-golden.ts';
import { exactMembers } from '../service/exact-members.ts';
import { type GoldenExample, readGolden } from '../service/golden.ts';
import { jsonText } from '../service/rows/write-json.ts';

export interface ExampleFile {
  /** As findings name it. */
  readonly file: string;
  readonly text: string;
}

/** What is read of an answer: predictions, or a problem (RFC 9457) with its violations. */
interface Answer {
  readonly predictions?: readonly PredictionValue[];
  readonly detail?: string;
  readonly errors?: readonly { readonly pointer: string; readonly expected: string }[];
}

/** What of a model is needed to ask it and to judge its answer. */
export type AskedModel = Pick<ServedModel, 'spec' | 'outputs' | 'signature'>;

/** Violations shown of one refused request. */
const SHOWN = 5;

export async function askExample(
  { file, text }: ExampleFile,
  { spec, outputs, signature }: AskedModel,
  handler: Pick<Handler, 'handle'>,
): Promise<readonly Issue[]> {
  const golden = parseExample(text, file);
  if (!('predictions' in golden)) return golden;
  const { status, body } = await handler.handle({
    method: 'POST',
    target: `/models/${encodeURIComponent(spec.name)}/versions/${encodeURIComponent(spec.version)}/predict`,
    headers: { 'content-type': 'application/json' },
    body: new TextEncoder().encode(jsonText(golden.request)),
    signal: new AbortController().signal,
  });
  const { predictions: actual = [], ...problem } = parseJson(body) as JsonValue as Answer;
  if (status !== 200) return refusals(file, status, problem);
  const { predictions: expected, tolerance } = golden;
  return compareGolden({ file, expected, actual, tolerance, exact: exactMembers(outputs.members, signature) });
}

function parseExample(text: string, file: string): GoldenExample | readonly Issue[] {
  try {
    return readGolden(parseJson(text), file);
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    const message = `is not JSON: ${error.message}`;
    return [{ rule: 'golden.invalid', severity: 'error', where: file, message, hint: 'correct the file' }];
  }
}

function refusals(file: string, status: number, { detail = '', errors }: Answer): readonly Issue[] {
  const issue = (pointer: string, message: string): Issue => ({
    rule: 'golden.refused',
    severity: 'error',
    where: `${file}#/request${pointer}`,
    message,
    hint: 'correct the request, or the features that refuse it',
  });
  if (errors === undefined) return [issue('', `the service answers ${status}: ${detail}`)];
  return errors.slice(0, SHOWN).map(({ pointer, expected }) => issue(pointer, `the service expects ${expected}`));
}
