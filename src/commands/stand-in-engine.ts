/** Models × a function that answers for them → an engine that loads nothing: for a handler that only reads requests and writes answers. */
import type { Engine, InferRequest, ModelStatus } from '../engine/engine.ts';
import type { Tensors } from '../model/tensor.ts';
import type { ServedModel } from '../server/contract.ts';

export function standInEngine(
  models: readonly ServedModel[],
  answer: (request: InferRequest) => Promise<Tensors>,
): Engine {
  const statuses = models.map(
    ({ key, spec: { name, version } }): ModelStatus => ({
      ...{ key, name, version, state: 'ready', reason: undefined, placement: undefined, batching: undefined },
      ...{ queuedRows: 0, queueLimit: Number.POSITIVE_INFINITY },
    }),
  );
  const done = async (): Promise<void> => {};
  return {
    ...{ start: done, add: done, remove: done, close: done },
    isReady: () => true,
    status: (key) => statuses.find((each) => each.key === key),
    statuses: () => statuses,
    async infer(request) {
      const outputs = await answer(request);
      return { outputs, queueMs: 0, inferMs: 0, aroundMs: 0, batchRows: request.rows, isFirst: true };
    },
  };
}
