/** Models that were read × those that serve → the new ones loaded beside them, and in their place once all are ready. */
import type { Engine } from '../engine/engine.ts';
import type { Log } from '../ports.ts';
import type { ReplaceableHandler, ServedModel } from '../server/contract.ts';
import { type EngineModelParts, engineModel } from './engine-model.ts';

export interface ServedSet {
  readonly models: readonly ServedModel[];
  /** `next` is served from now on; those of it in `fresh` are loaded first. Rejects, and changes nothing, when one of them does not load. */
  takeOver(next: readonly ServedModel[], fresh: readonly ServedModel[], parts: EngineModelParts): Promise<void>;
  /** Whose models are replaced. */
  attach(handler: Pick<ReplaceableHandler, 'replace'>): void;
}

export function servedSet(start: readonly ServedModel[], engine: Engine, log: Log): ServedSet {
  let models = start;
  let handler: Pick<ReplaceableHandler, 'replace'> | undefined;
  return {
    get models() {
      return models;
    },
    attach(to) {
      handler = to;
    },
    async takeOver(next, fresh, parts) {
      try {
        for (const model of fresh) await engine.add(engineModel(model, parts));
      } catch (error) {
        await Promise.all(fresh.map(({ key }) => engine.remove(key)));
        throw error;
      }
      const left = models.filter((model) => !next.includes(model));
      models = next;
      handler?.replace(next);
      for (const { spec, fingerprint } of fresh) {
        log.info('model loaded', { model: spec.name, version: spec.version, digest: fingerprint.model });
      }
      await Promise.all(left.map(({ key }) => engine.remove(key)));
    },
  };
}
