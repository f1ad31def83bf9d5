/** A message as it is being answered: what is known about it so far, for its reply, the log and the metrics. */
import type { InferResult } from '../../engine/engine.ts';
import { traceparentOf } from '../identity.ts';
import type { ModelEntry } from '../model-entry.ts';
import { notFoundText } from '../model-errors.ts';
import { findModel, type ModelTable } from '../model-table.ts';
import { Refusal } from '../refusal.ts';
import type { GrpcCall, GrpcHead, Signature } from './contract.ts';

export class Attempt {
  readonly call: GrpcCall;
  /** On the scale of `Clock.monotonic`. */
  readonly startedAt: number;
  /** The run that answers it, once it has run. */
  ran: InferResult | undefined;
  /** The client's own name for the request; empty when there is none. */
  id = '';
  /** Whose identity the reply carries: the model that was asked for, else the default model. */
  entry: ModelEntry;
  /** Whether the client asked for a model, and whether it is here. */
  addressed: 'none' | 'found' | 'unknown' = 'none';

  constructor(call: GrpcCall, startedAt: number, { defaultModel }: ModelTable) {
    this.call = call;
    this.startedAt = startedAt;
    this.entry = defaultModel;
  }

  /** The model that the message names; an empty version stands for the default one. Throws the 404. */
  address(models: ModelTable, name: string, version: string): ModelEntry {
    const wanted = version === '' ? undefined : version;
    const found = findModel(models, name, wanted);
    if (found !== undefined) return this.about(found);
    this.about(findModel(models, name) ?? this.entry);
    this.addressed = 'unknown';
    throw new Refusal(404, notFoundText(models, { name, version: wanted }, 'error'));
  }

  /** From now on this is the model whose identity the reply carries, whoever ends the call. */
  about(entry: ModelEntry): ModelEntry {
    this.addressed = 'found';
    this.entry = entry;
    this.call.sign(signatureOf(this.call, entry));
    return entry;
  }
}

/** gRPC knows no upper case in names of metadata. */
export function signatureOf({ headers, requestId }: GrpcHead, { identity }: ModelEntry): Signature {
  const signature: Record<string, string> = {
    'x-model-name': identity.name,
    'x-model-version': identity.version,
    'x-model-digest': identity.digest,
    'x-request-id': requestId,
  };
  const traceparent = traceparentOf(headers);
  if (traceparent !== undefined) signature.traceparent = traceparent;
  return signature;
}
