/** A service spec and one of its models → what an examination of the model goes by: largest batch, limits, bounded inputs. */
import { declaredLoadLimits } from '../model/load-limits.ts';
import type { ModelSpec, ServiceSpec } from '../service/spec.ts';
import type { ExamineOptions } from './examine-model.ts';

/** `model` is undefined for a bare file, about which nothing is declared. */
export function declaredOptions(
  { batching, limits }: ServiceSpec,
  model: ModelSpec | undefined,
): Pick<ExamineOptions, 'maxRows' | 'limits' | 'boundedInputs'> {
  return {
    maxRows: batching.maxRows,
    limits: declaredLoadLimits(limits),
    boundedInputs: new Set(model?.features?.columns.map((column) => column.input)),
  };
}
