/** A request for one model × whoever answers → the predictions or the refusal, and which model says that it answered. */
import type { Handler, ServedModel } from '../server/contract.ts';
import type { Identity } from '../server/identity.ts';
import { JsonError } from '../server/json/json-error.ts';
import { type JsonValue, parseJson } from '../server/json/read-value.ts';
import type { PredictionValue } from '../service/codec.ts';
import { isObject } from '../service/is-object.ts';
import { jsonText } from '../service/rows/write-json.ts';

/** What of a model is needed to ask it and to judge its answer. */
export type AskedModel = Pick<ServedModel, 'spec' | 'outputs' | 'signature'>;

/** Whoever takes requests as the server does: the server in this process, or a way to another one. */
export type Asked = Pick<Handler, 'handle'>;

/** Predictions, or a problem (RFC 9457) with its violations. */
export interface PredictAnswer {
  readonly status: number;
  /** As the headers of the answer have it; parts are missing where somebody else answered. */
  readonly identity: Partial<Identity>;
  readonly predictions: readonly PredictionValue[];
  readonly detail: string;
  readonly errors: readonly { readonly pointer: string; readonly expected: string }[] | undefined;
}

export async function askPredict(
  request: PredictionValue,
  { spec }: Pick<AskedModel, 'spec'>,
  asked: Asked,
): Promise<PredictAnswer> {
  const { status, headers, body } = await asked.handle({
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    ...predictRequest(request, { spec }),
    signal: new AbortController().signal,
  });
  return { status, identity: identityIn(headers), ...readBody(body) };
}

/** Where it goes, and the body. */
export function predictRequest(
  request: PredictionValue,
  { spec }: Pick<AskedModel, 'spec'>,
): { readonly target: string; readonly body: Uint8Array } {
  const target = `/models/${encodeURIComponent(spec.name)}/versions/${encodeURIComponent(spec.version)}/predict`;
  return { target, body: new TextEncoder().encode(jsonText(request)) };
}

function identityIn(headers: Readonly<Record<string, string>>): Partial<Identity> {
  const named = new Map(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  const parts = (['name', 'version', 'digest'] as const).map((part) => [part, named.get(`x-model-${part}`)] as const);
  return Object.fromEntries(parts.filter(([, value]) => value !== undefined));
}

/** What is no answer of a server of ours may come from a proxy before it. */
function readBody(body: string | Uint8Array): Pick<PredictAnswer, 'predictions' | 'detail' | 'errors'> {
  const none = { predictions: [], errors: undefined };
  try {
    const answer = parseJson(body) as JsonValue & PredictionValue;
    if (!isObject(answer)) return { ...none, detail: 'the answer is no object' };
    const { predictions = [], detail = '', errors } = answer as unknown as Partial<PredictAnswer>;
    return { predictions, detail, errors };
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    return { ...none, detail: `the answer is not JSON: ${error.message}` };
  }
}
