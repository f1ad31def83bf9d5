/** The golden examples of a model → the tensors that the server would give to the model, of every example that it accepts. */
import { join } from 'node:path';
import { InferError } from '../engine/engine.ts';
import { SILENT_LOG } from '../engine/silent-log.ts';
import type { Tensors } from '../model/tensor.ts';
import type { Io } from '../ports.ts';
import type { ServedModel } from '../server/contract.ts';
import { createHandler } from '../server/handler.ts';
import type { ServiceSpec } from '../service/spec.ts';
import { askExample } from './ask-example.ts';
import { standInEngine } from './stand-in-engine.ts';

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
  const engine = standInEngine([model], ({ inputs }) => {
    taken.push(inputs);
    return Promise.reject(new InferError('cancelled', 'only its inputs were wanted'));
  });
  const { clock, files } = io;
  const handler = createHandler({ spec, models: [model], engine, clock, log: SILENT_LOG, runtime: '' });
  const paths = await Promise.all(model.spec.examples.map((pattern) => files.glob(dir, pattern)));
  for (const file of paths.flat().slice(0, MOST_EXAMPLES)) {
    await askExample({ file, text: await files.readText(join(dir, file)) }, model, handler);
  }
  return taken;
}
