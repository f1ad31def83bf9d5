/** A model as written × the settings that it has → its complete spec. */
import { DEFAULT_MAX_LENGTH } from './compile-column.ts';
import type { Values } from './resolve-settings.ts';
import { labelText } from './rules.ts';
import { modelSections } from './setting-sections.ts';
import type { FeatureColumn, FeatureSpec, ModelSpec, OutputSpec } from './spec.ts';
import type { WrittenColumn, WrittenFeatures, WrittenModel, WrittenOutput } from './written.ts';
import { completeRule } from './written-tolerance.ts';

/** `version`: the service's, for a model that has none of its own. */
export function resolveModel(model: WrittenModel, version: string, values: Values): ModelSpec {
  return {
    name: model.name ?? '',
    version: model.version ?? version,
    path: tidyPath(model.path ?? ''),
    features: model.features && resolveFeatures(model.features),
    outputs: (model.outputs ?? []).map(resolveOutput),
    examples: [model.examples ?? []].flat().map(tidyPath),
    ...modelSections(values),
  };
}

/** Without `.` and `..`, which the rules have found to stay inside the project. */
function tidyPath(path: string): string {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return parts.join('/');
}

function resolveFeatures({ input, columns = [], onUnknownColumn = 'reject' }: WrittenFeatures): FeatureSpec {
  const widths = new Map<string, number>();
  return {
    columns: columns.map((column) => {
      const to = column.input ?? input ?? column.name ?? '';
      const position = widths.get(to) ?? 0;
      widths.set(to, position + 1);
      return resolveColumn(column, to, position);
    }),
    onUnknownColumn,
  };
}

function resolveColumn(column: WrittenColumn, input: string, position: number): FeatureColumn {
  const { type = 'number', values, onMissing = 'reject' } = column;
  return {
    name: column.name ?? '',
    type,
    input,
    position,
    min: column.min,
    max: column.max,
    unit: column.unit,
    values:
      values === undefined ? undefined : isLabelList(values) ? values.map(labelText) : new Map(Object.entries(values)),
    pattern: column.pattern,
    maxLength: type === 'string' ? (column.maxLength ?? DEFAULT_MAX_LENGTH) : undefined,
    onMissing: typeof onMissing === 'object' ? { impute: onMissing.impute ?? '' } : onMissing,
    onUnknown: column.onUnknown ?? 'reject',
  };
}

function isLabelList(values: NonNullable<WrittenColumn['values']>): values is readonly (string | number | boolean)[] {
  return Array.isArray(values);
}

function resolveOutput({ name = '', from = name, labels, argmax = false, tolerance }: WrittenOutput): OutputSpec {
  const rule = tolerance === undefined ? {} : { tolerance: completeRule(tolerance) };
  return { name, from, labels: labels?.map(labelText), argmax, ...rule };
}
