/** Feature columns → a made-up row that fits all of them, for examples. */
import { DEFAULT_MAX_LENGTH } from './compile-column.ts';
import { sampleText } from './sample-text.ts';
import type { FeatureColumn } from './spec.ts';

/** A row by the names of the columns; undefined when a column that must be given takes no value that could be made up. */
export function sampleRow(
  columns: readonly FeatureColumn[],
): Readonly<Record<string, string | number | boolean>> | undefined {
  const cells: [string, string | number | boolean][] = [];
  for (const column of columns) {
    const cell = sampleCell(column);
    if (cell !== undefined) cells.push([column.name, cell]);
    else if (column.onMissing === 'reject') return undefined;
  }
  return Object.fromEntries(cells);
}

function sampleCell({
  type,
  values,
  min,
  max,
  pattern,
  maxLength,
}: FeatureColumn): string | number | boolean | undefined {
  if (type === 'category')
    return values instanceof Map ? [...values.keys()][0] : ((values ?? []) as readonly string[])[0];
  if (type === 'boolean') return false;
  const longest = maxLength ?? DEFAULT_MAX_LENGTH;
  if (type === 'string') return pattern === undefined ? 'example'.slice(0, longest) : sampleText(pattern, longest);
  const nearest = Math.min(Math.max(0, min ?? 0), max ?? Number.POSITIVE_INFINITY);
  const value = type === 'integer' ? Math.ceil(nearest) : nearest;
  return max !== undefined && value > max ? undefined : value;
}
