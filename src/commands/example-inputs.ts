/** The golden examples of a model → the tensors that the server would give to the model, of every example that it accepts. */
import { join } from 'node:path';
import { type Engine, InferError, type InferRequest, type ModelStatus } from '../engine/engine.ts';
import { SILENT_LOG } from '../engine/silent-log.ts';
import type { Tensors } from '../model/tensor.ts';
import type { Io } from '../ports.ts';
import type { ServedModel } from '../server/contract.ts';
import { createHandler } from '../server/handler.ts';
import type { ServiceSpec } from '../service/spec.ts';
import { askExample } from './ask-example.ts';

/** More show nothing new. */
const MOST_EXAMPLES = 100;

/** Nothing is loaded or run. What is wrong with an example is for `mlserve validate` to say. */
export async function exampleInputs(
  dir: string,
  spec: ServiceSpec,
  model: ServedModel,
  io: Pick<Io, 'files' | 'clock'>,
): Promise<readonly Tensors[]> {
  const taken: Tensors[] = [];
  const engine = takingEngine(model, ({ inputs }) => taken.push(inputs));
  const { clock, files } = io;
  const handler = createHandler({ spec, models: [model], engine, clock, log: SILENT_LOG, runtime: '' });
  const paths = await Promise.all(model.spec.examples.map((pattern) => files.glob(dir, pattern)));
  for (const file of paths.flat().slice(0, MOST_EXAMPLES)) {
    await askExample({ file, text: await files.readText(join(dir, file)) }, model, handler);
  }
  return taken;
}

/** Takes what it is given, and answers nothing. */
function takingEngine({ key, spec }: ServedModel, take: (request: InferRequest) => void): Engine {
  const { name, version } = spec;
  const status: ModelStatus = {
    ...{ key, name, version, state: 'ready' as const, reason: undefined, placement: undefined, batching: undefined },
    ...{ queuedRows: 0, queueLimit: Number.POSITIVE_INFINITY },
  };
  const done = async (): Promise<void> => {};
  return {
    ...{ start: done, add: done, remove: done, close: done },
    isReady: () => true,
    status: () => status,
    statuses: () => [status],
    infer(request) {
      take(request);
      return Promise.reject(new InferError('cancelled', 'only its inputs were wanted'));
    },
  };
}
