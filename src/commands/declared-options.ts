/** A service spec and one of its models → what an examination of the model goes by: largest batch, limits, bounded inputs, labels. */
import { declaredLoadLimits } from '../model/load-limits.ts';
import type { ModelSpec, ServiceSpec } from '../service/spec.ts';
import type { ExamineOptions } from './examine-model.ts';

/** `model` is undefined for a bare file, about which nothing is declared. */
export function declaredOptions(
  service: ServiceSpec,
  model: ModelSpec | undefined,
): Pick<ExamineOptions, 'maxRows' | 'limits' | 'boundedInputs' | 'known'> {
  return {
    maxRows: (model ?? service).batching.maxRows,
    limits: declaredLoadLimits(service.limits),
    boundedInputs: new Set(model?.features?.columns.map((column) => column.input)),
    known: new Map(
      model?.features?.columns.flatMap(({ input, values }) => {
        const [label] =
          values instanceof Map ? [...values.values()].map(String) : ((values ?? []) as readonly string[]);
        return label === undefined ? [] : [[input, label] as const];
      }),
    ),
  };
}
