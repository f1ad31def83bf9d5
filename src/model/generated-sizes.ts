/** Nodes whose output size is written in the model (ConstantOfShape, Expand, Tile, Range, …) → how many elements each makes. */
import { smallConstants } from './small-constants.ts';
import type { AttributeRecord, ByteSource, NodeRecord, TensorRecord } from './structure.ts';
import { elementTotal } from './tensor-size.ts';

interface GeneratedSize {
  readonly node: NodeRecord;
  readonly elements: number;
  /** TensorProto.DataType of the output; 0 where it is not known. */
  readonly dataType: number;
}

interface GenerationInput {
  /** Of all graphs, producers before consumers. */
  readonly nodes: readonly NodeRecord[];
  /** Initializers of all graphs. */
  readonly tensors: readonly TensorRecord[];
  readonly source: ByteSource;
  /** Elements of the model's inputs, by name. */
  readonly known: ReadonlyMap<string, number>;
}

const FLOAT32 = 1;
const INT64 = 7;
const product = (values: readonly number[]): number => values.reduce((all, each) => all * Math.max(0, each), 1);

/** Arithmetic on shapes that exporters leave in the graph; a scalar is spread over the other side. */
const ARITHMETIC: ReadonlyMap<string, (a: number, b: number) => number> = new Map([
  ['Add', (a, b) => a + b],
  ['Sub', (a, b) => a - b],
  ['Mul', (a, b) => a * b],
  ['Max', Math.max],
]);
const SAME_VALUES = new Set(['Identity', 'Cast', 'Unsqueeze', 'Squeeze', 'Reshape', 'Flatten']);

export function generatedSizes({ nodes, tensors, source, known }: GenerationInput): readonly GeneratedSize[] {
  const small = smallConstants(source);
  const values = new Map<string, readonly number[]>();
  const counts = new Map(known);
  const types = new Map<string, number>();
  for (const tensor of tensors) {
    if (tensor.name === '') continue;
    const numbers = small.tensor(tensor);
    if (numbers !== undefined) values.set(tensor.name, numbers);
    counts.set(tensor.name, elementTotal(tensor.dims) ?? 1);
    types.set(tensor.name, tensor.dataType);
  }
  const numbersOf = (node: NodeRecord, index: number): readonly number[] | undefined =>
    values.get(node.inputs[index] ?? '');
  const attributeOf = (node: NodeRecord, name: string): AttributeRecord | undefined =>
    node.attributes.find((each) => each.name === name);
  const attributeNumbers = (node: NodeRecord, name: string): readonly number[] | undefined => {
    const attribute = attributeOf(node, name);
    return attribute === undefined ? undefined : small.attribute(attribute);
  };
  const countOf = (node: NodeRecord, index: number): number => counts.get(node.inputs[index] ?? '') ?? 1;

  /** Elements of a generating node; undefined for any other node and where the model does not say. */
  const generated = (node: NodeRecord): { elements: number; dataType: number } | undefined => {
    const inputType = types.get(node.inputs[0] ?? '') ?? 0;
    const sized = (elements: number | undefined, dataType: number) =>
      elements === undefined ? undefined : { elements, dataType };
    const optional = (numbers: readonly number[] | undefined): number | undefined => numbers && product(numbers);
    switch (node.opType) {
      case 'ConstantOfShape':
        return sized(optional(numbersOf(node, 0)), attributeOf(node, 'value')?.tensors[0]?.dataType ?? FLOAT32);
      case 'Expand':
        return sized(optional(numbersOf(node, 1)), inputType);
      case 'Tile': {
        const repeats = optional(numbersOf(node, 1));
        return sized(repeats && repeats * countOf(node, 0), inputType);
      }
      case 'Range': {
        const [[start], [limit], [delta]] = [
          numbersOf(node, 0) ?? [],
          numbersOf(node, 1) ?? [],
          numbersOf(node, 2) ?? [],
        ];
        if (start === undefined || limit === undefined || !delta) return undefined;
        return sized(Math.max(0, Math.ceil((limit - start) / delta)), inputType || INT64);
      }
      case 'RandomNormal':
      case 'RandomUniform':
        return sized(optional(attributeNumbers(node, 'shape')), attributeNumbers(node, 'dtype')?.[0] ?? FLOAT32);
      case 'Resize':
      case 'Upsample': {
        const scales = numbersOf(node, node.inputs.length === 2 ? 1 : 2);
        return sized(
          scales && scales.length > 0 ? product(scales) * countOf(node, 0) : optional(numbersOf(node, 3)),
          inputType,
        );
      }
      default:
        return undefined;
    }
  };

  const computed = (node: NodeRecord): readonly number[] | undefined => {
    if (node.opType === 'Constant') return small.constant(node);
    if (SAME_VALUES.has(node.opType)) return numbersOf(node, 0);
    if (node.opType === 'Concat') {
      const parts = node.inputs.map((name) => values.get(name));
      const all = parts.every((part) => part !== undefined) ? parts.flat() : undefined;
      return all !== undefined && all.length <= MOST_FOLDED ? all : undefined;
    }
    const operate = ARITHMETIC.get(node.opType);
    const [a, b] = [numbersOf(node, 0), numbersOf(node, 1)];
    if (operate === undefined || a === undefined || b === undefined || node.inputs.length !== 2) return undefined;
    if (a.length !== b.length && a.length !== 1 && b.length !== 1) return undefined;
    const at = (side: readonly number[], index: number): number => side[side.length === 1 ? 0 : index] ?? 0;
    return Array.from({ length: Math.max(a.length, b.length) }, (_, index) => operate(at(a, index), at(b, index)));
  };

  const found: GeneratedSize[] = [];
  for (const node of nodes) {
    const output = node.outputs[0];
    if (node.domain !== '' || output === undefined) continue;
    const numbers = computed(node);
    if (numbers !== undefined) values.set(output, numbers);
    const size = generated(node);
    if (size !== undefined) {
      found.push({ node, ...size });
      counts.set(output, size.elements);
      if (size.dataType !== 0) types.set(output, size.dataType);
    }
  }
  return found;
}

/** Shapes are short; a chain of Concat that doubles is not a shape. */
const MOST_FOLDED = 64;
