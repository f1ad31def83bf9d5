/** Findings of `checkFeatures` × where the values of `mlserve.yaml` stand → the same findings, each at the line of what it is about. Pure. */
import type { Issue } from '../issue.ts';
import type { ConfigPath } from './config-path.ts';
import type { ParsedService } from './parse.ts';
import type { ModelSpec } from './spec.ts';

/** What a rule is about, where it is one key of its column or output. */
const KEYS: Readonly<Record<string, string>> = {
  'features.unknown-input': 'input',
  'features.type-mismatch': 'type',
  'features.values-misfit': 'values',
  'features.nan-needs-float': 'onMissing',
  'features.impute-misfit': 'onMissing',
  'outputs.unknown-output': 'from',
  'outputs.not-a-tensor': 'from',
  'outputs.label-count': 'labels',
  'outputs.labels-on-text': 'labels',
  'outputs.labels-on-number': 'labels',
  'outputs.argmax-on-text': 'argmax',
  'outputs.argmax-on-one': 'argmax',
};

/** `at`: the position of the model among those of the service. The message says what the place no longer does: which column. */
export function placeIssues(
  issues: readonly Issue[],
  { features, outputs }: Pick<ModelSpec, 'features' | 'outputs'>,
  at: number,
  locate: ParsedService['locate'],
): readonly Issue[] {
  const model: ConfigPath = ['models', at];
  const paths = new Map<string, ConfigPath>([
    ...(features?.columns ?? []).map(
      ({ name }, position) => [`column "${name}"`, [...model, 'features', 'columns', position]] as const,
    ),
    ...outputs.map(({ name }, position) => [`output "${name}"`, [...model, 'outputs', position]] as const),
  ]);
  return issues.map((issue) => {
    const what = issue.where.slice(issue.where.indexOf(', ') + 2);
    const key = KEYS[issue.rule];
    const path = [...(paths.get(what) ?? [...model, 'features', 'columns']), ...(key === undefined ? [] : [key])];
    return { ...issue, where: locate(path), message: `${what}: ${issue.message}` };
  });
}
