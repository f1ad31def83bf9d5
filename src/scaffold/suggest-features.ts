/** A model's structure → the named, typed columns a service over it can offer, or undefined where it speaks raw tensors only. */
import type { Categories } from '../model/categories.ts';
import type { ElementType } from '../model/element-type.ts';
import type { TensorValue } from '../model/signature.ts';
import type { ModelStructure } from '../model/structure.ts';
import type { FeatureType } from '../service/spec.ts';

export interface SuggestedColumn {
  readonly name: string;
  readonly type: FeatureType;
  readonly input: string;
  /** The labels of a category. */
  readonly values?: readonly string[];
  /** Labels that the model was trained on, of a string column that takes others too or of an integer column. */
  readonly known?: readonly string[];
}

export interface SuggestedFeatures {
  readonly columns: readonly SuggestedColumn[];
  /** Where the names are from; `invented` ones (`f0`, `f1`, …) are for the user to replace. */
  readonly names: 'inputs' | 'metadata' | 'invented';
}

/** A wider matrix is an embedding or a flattened image, not columns that somebody would name. */
const MAX_COLUMNS = 256;
/** Keys of `metadata_props` under which exporters and people leave the names of the columns. */
const NAME_KEYS = ['feature_names', 'feature_names_in_', 'feature_names_in', 'features', 'input_features', 'columns'];

/** `categories` are the labels known for a string input, by its name (`findCategories`). */
export function suggestFeatures(
  structure: ModelStructure,
  categories: ReadonlyMap<string, Categories>,
): SuggestedFeatures | undefined {
  const { inputs } = structure.signature;
  const widths: { readonly input: TensorValue; readonly width: number }[] = [];
  for (const input of inputs) {
    // A matrix of open width has as many columns as the metadata names, when it is the only input.
    const open = inputs.length === 1 ? namesInMetadata(structure.metadata)?.length : undefined;
    const width = input.kind === 'tensor' ? columnsOf(input, open) : undefined;
    if (input.kind !== 'tensor' || width === undefined) return undefined;
    widths.push({ input, width });
  }
  const total = widths.reduce((sum, { width }) => sum + width, 0);
  if (total === 0 || total > MAX_COLUMNS) return undefined;
  const perColumn = widths.every(({ width }) => width === 1) && widths.length > 1;
  const given = perColumn ? undefined : namesInMetadata(structure.metadata, total);
  let at = 0;
  const columns = widths.flatMap(({ input, width }) =>
    Array.from({ length: width }, (_, position): SuggestedColumn => {
      const name = given?.[at++] ?? columnName(input.name, position, width, widths.length);
      return { name, input: input.name, ...columnType(input, categories.get(input.name), width) };
    }),
  );
  if (new Set(columns.map(({ name }) => name)).size < columns.length || !columns.every(canBeNamed)) return undefined;
  const invented = widths.some(({ width }) => width > 1);
  return { columns, names: given !== undefined ? 'metadata' : invented ? 'invented' : 'inputs' };
}

/** What the schema of `mlserve.yaml` allows as a name. */
function canBeNamed({ name, input }: SuggestedColumn): boolean {
  return [name, input].every((text) => text.length > 0 && text.length <= 256);
}

/** Columns that an input takes a row: `[N]` and `[N, 1]` are one, `[N, C]` are C, `open` where C is open; else undefined. */
function columnsOf({ elementType, shape }: TensorValue, open: number | undefined): number | undefined {
  if (columnKind(elementType) === undefined || shape === null) return undefined;
  const [batch, width = 1] = shape;
  if (batch === undefined || (typeof batch === 'number' && batch !== 1) || shape.length > 2) return undefined;
  if (typeof width !== 'number') return open;
  return width > 0 ? width : undefined;
}

function columnName(input: string, position: number, width: number, inputs: number): string {
  if (width === 1) return input;
  return inputs === 1 ? `f${position}` : `${input}_${position}`;
}

function columnType(
  input: TensorValue,
  categories: Categories | undefined,
  width: number,
): Pick<SuggestedColumn, 'type' | 'values' | 'known'> {
  const type = columnKind(input.elementType) ?? 'number';
  if (categories === undefined || width > 1) return { type };
  if (type === 'integer') return { type, known: categories.labels };
  if (type !== 'string') return { type };
  return categories.closed ? { type: 'category', values: categories.labels } : { type, known: categories.labels };
}

function columnKind(type: ElementType): FeatureType | undefined {
  if (type === 'string') return 'string';
  if (type === 'bool') return 'boolean';
  if (type === 'float16' || type === 'float32' || type === 'float64') return 'number';
  return /^u?int(8|16|32|64)$/.test(type) ? 'integer' : undefined;
}

/** The first list of names in the metadata; with `count` the first of that many. */
function namesInMetadata(metadata: ModelStructure['metadata'], count?: number): readonly string[] | undefined {
  for (const key of NAME_KEYS) {
    const text = metadata.find((entry) => entry.key.toLowerCase() === key)?.value;
    const names = text === undefined ? undefined : readNames(text);
    if (names === undefined || names.includes('') || new Set(names).size < names.length) continue;
    if (count === undefined || names.length === count) return names;
  }
  return undefined;
}

/** A list as JSON, as Python prints it, or with commas or line ends between the names. */
function readNames(text: string): readonly string[] | undefined {
  const trimmed = text.trim();
  if (!trimmed.startsWith('[')) return trimmed.split(/\s*[,;\n]\s*/);
  for (const candidate of [trimmed, trimmed.replaceAll("'", '"')]) {
    try {
      const list: unknown = JSON.parse(candidate);
      return Array.isArray(list) && list.every((name) => typeof name === 'string') ? list : undefined;
    } catch {
      // Python quotes names with apostrophes; the second candidate has them replaced.
    }
  }
  return undefined;
}
