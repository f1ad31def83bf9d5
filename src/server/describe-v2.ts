/** Open Inference Protocol extensions that tell about models: statistics, and configuration. */
import { type ModelConfig, modelConfig } from './model-config.ts';
import type { ModelEntry } from './model-entry.ts';
import { type Answer, type Call, jsonAnswer, type Service } from './service.ts';

/** `GET /v2/models/stats`: of every version of every model. */
export function allStatistics({ models }: Service): Answer {
  return jsonAnswer(200, statisticsOf(models().entries));
}

/** Of every version of a model. */
export function modelStatistics({ models }: Service, { entry }: Call): Answer {
  return jsonAnswer(200, statisticsOf(models().byName.get(entry.identity.name) ?? []));
}

/** Of the one version that is named. */
export function versionStatistics(_service: Service, { entry }: Call): Answer {
  return jsonAnswer(200, statisticsOf([entry]));
}

export function statisticsOf(entries: readonly ModelEntry[]): object {
  const list = entries.map(({ identity: { name, version }, metrics }) => ({
    name,
    version,
    ...metrics.statistics.view(),
  }));
  return { model_stats: list };
}

export function configuration(service: Service, { entry }: Call): Answer {
  return jsonAnswer(200, configOf(service, entry));
}

export function configOf({ models, engine }: Service, entry: ModelEntry): ModelConfig {
  const versions = models().byName.get(entry.identity.name) ?? [];
  const { batching } = engine.status(entry.key) ?? {};
  return modelConfig(
    entry,
    versions.map(({ identity }) => identity.version),
    batching !== undefined && batching.maxRows > 1,
  );
}
