/** Each answer of `ModelStreamInfer` → its message. The stream has one set of metadata, so every message says for itself which model it comes from. */
import type { Attempt } from './attempt.ts';
import type { InferResponse } from './infer-response.ts';

export function streamReply({ entry }: Attempt, response: InferResponse): object {
  const parameters = { ...response.parameters, ...digestOf(entry.identity.digest) };
  return { error_message: '', infer_response: { ...response, parameters } };
}

/** The id tells the client which of its requests has failed. */
export function streamError({ entry, id, addressed }: Attempt, details: string): object {
  const { name, version, digest } = entry.identity;
  const model = addressed === 'found' ? { model_name: name, model_version: version } : {};
  return { error_message: details, infer_response: { ...model, id, parameters: digestOf(digest) } };
}

function digestOf(digest: string): Readonly<Record<string, object>> {
  return { model_digest: { string_param: digest } };
}
