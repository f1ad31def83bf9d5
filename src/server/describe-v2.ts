/** Open Inference Protocol extensions that tell about models: statistics, and configuration. */
import { modelConfig } from './model-config.ts';
import type { ModelEntry } from './model-entry.ts';
import { type Answer, type Call, jsonAnswer, type Service } from './service.ts';

/** `GET /v2/models/stats`: of every version of every model. */
export function allStatistics({ models }: Service): Answer {
  return statisticsAnswer(models().entries);
}

/** Of every version of a model. */
export function modelStatistics({ models }: Service, { entry }: Call): Answer {
  return statisticsAnswer(models().byName.get(entry.identity.name) ?? []);
}

/** Of the one version that is named. */
export function versionStatistics(_service: Service, { entry }: Call): Answer {
  return statisticsAnswer([entry]);
}

function statisticsAnswer(entries: readonly ModelEntry[]): Answer {
  const list = entries.map(({ identity: { name, version }, metrics }) => ({
    name,
    version,
    ...metrics.statistics.view(),
  }));
  return jsonAnswer(200, { model_stats: list });
}

export function configuration({ models, engine }: Service, { entry }: Call): Answer {
  const versions = models().byName.get(entry.identity.name) ?? [];
  const { batching } = engine.status(entry.key) ?? {};
  const config = modelConfig(
    entry,
    versions.map(({ identity }) => identity.version),
    batching !== undefined && batching.maxRows > 1,
  );
  return jsonAnswer(200, config);
}
