/** The engine × a model → whether it can take a request at all, which is known before the request is read. */
import { type Engine, InferError } from '../engine/engine.ts';
import { plural } from '../plural.ts';
import type { ModelEntry } from './model-entry.ts';

/** Undefined when it can. */
export function whyBusy(engine: Engine, { key }: ModelEntry): InferError | undefined {
  const status = engine.status(key);
  if (status?.state !== 'ready') return new InferError('not-ready', `the model is ${status?.state ?? 'unloaded'}`);
  if (status.queuedRows >= status.queueLimit)
    return new InferError('queue-full', `${plural(status.queuedRows, 'row waits', 'rows wait')}`);
  return undefined;
}
