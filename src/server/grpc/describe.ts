/** Configuration and statistics over gRPC: what the V2 routes say, as messages. */
import { configOf, statisticsOf } from '../describe-v2.ts';
import type { Service } from '../service.ts';
import type { Attempt } from './attempt.ts';
import type { ModelName } from './metadata.ts';

/** Versions are numbers in this message, and may be anything here. */
const NUMBER = /^\d{1,15}$/;

export function modelConfig(service: Service, attempt: Attempt): object {
  const { name, version } = attempt.call.decode() as ModelName;
  const { version_policy, ...config } = configOf(service, attempt.address(service.models(), name, version));
  const { versions } = version_policy.specific;
  return { config: versions.every((each) => NUMBER.test(each)) ? { ...config, version_policy } : config };
}

/** Of every model where none is named; of every version of a model where no version is. */
export function modelStatistics(service: Service, attempt: Attempt): object {
  const { name, version } = attempt.call.decode() as ModelName;
  const models = service.models();
  if (name === '') return statisticsOf(models.entries);
  const entry = attempt.address(models, name, version);
  return statisticsOf(version === '' ? (models.byName.get(name) ?? []) : [entry]);
}
