/**
 * Structure → whether a run is quick for certain: a small model of operators whose work is bounded by the sizes written in the file. For the
 * few models that may be tried in the main thread without being measured elsewhere first; "no" says nothing.
 */
import { tensorsOf } from './signature.ts';
import type { ModelStructure, NodeRecord, TensorRecord } from './structure.ts';
import { elementTotal } from './tensor-size.ts';

/** Larger models take longer to load than a thread takes to start. */
const MOST_BYTES = 64 * 1024;
const MOST_NODES = 64;
/** Elements computed a row: below 0.1 ms, so that a batch of 64 rows keeps others waiting for a few milliseconds at most. */
const MOST_WORK = 50_000;

/** An element out for each element in. */
const ELEMENTWISE = new Set(
  [
    'Abs Cast Ceil Clip Elu Exp Flatten Floor Identity LeakyRelu Log LogSoftmax Neg Not Relu Reshape Selu Sigmoid Softmax Sqrt Squeeze Tanh Unsqueeze',
    'ArgMax ArgMin ReduceMax ReduceMean ReduceMin ReduceSum',
  ].flatMap((names) => names.split(' ')),
);
/** At most an element out for each pair of elements in. */
const PAIRED = new Set('Add And Div Equal Greater Less Max Min Mul Or Pow Sub Gather'.split(' '));
const PRODUCT = new Set(['Gemm', 'MatMul']);
const ML_ELEMENTWISE = new Set(['Binarizer', 'Imputer', 'LabelEncoder', 'Normalizer', 'Scaler']);
/** The work and the outputs are bounded by the lists in their attributes. */
const ML_BY_ATTRIBUTES = new Set(
  'LinearClassifier LinearRegressor SVMClassifier SVMRegressor TreeEnsembleClassifier TreeEnsembleRegressor'.split(' '),
);

/** Elements a row of one operator: what it computes at most, and what it gives at most. */
interface Cost {
  readonly work: number;
  readonly width: number;
}

export function isSurelyQuick(structure: ModelStructure): boolean {
  const { bytes, graph, functions, signature } = structure;
  if (bytes > MOST_BYTES || graph.nodes.length > MOST_NODES || functions.length > 0) return false;
  const widths = new Map<string, number>();
  for (const { name, shape } of tensorsOf(signature.inputs)) {
    const rest = shape?.slice(1);
    if (rest === undefined || !rest.every((dim) => typeof dim === 'number')) return false;
    widths.set(
      name,
      rest.reduce((product, dim) => product * dim, 1),
    );
  }
  const constants = new Map(graph.initializers.map((tensor) => [tensor.name, tensor]));
  if (graph.initializers.some(({ external, sparse }) => external !== undefined || sparse)) return false;
  let total = 0;
  for (const node of graph.nodes) {
    const cost = costOf(node, { widths, constants, bytes });
    if (cost === undefined) return false;
    total += cost.work;
    if (!(total <= MOST_WORK)) return false;
    for (const output of node.outputs) widths.set(output, cost.width);
  }
  return true;
}

interface Known {
  /** Elements a row of the values computed so far. */
  readonly widths: ReadonlyMap<string, number>;
  readonly constants: ReadonlyMap<string, TensorRecord>;
  readonly bytes: number;
}

/** Undefined where nothing is known of the operator, or where it computes constants from constants. */
function costOf(node: NodeRecord, known: Known): Cost | undefined {
  const { opType, domain, inputs, attributes } = node;
  if (attributes.some(({ graphs, tensors }) => graphs.length > 0 || tensors.length > 0)) return undefined;
  const given = inputs.filter((name) => name !== '');
  const computed = given.flatMap((name) => known.widths.get(name) ?? []);
  const fixed = given.flatMap((name) => known.constants.get(name) ?? []);
  const [first] = computed;
  if (first === undefined || computed.length + fixed.length !== given.length) return undefined;
  const width = computed.reduce((sum, each) => sum + each, 0);
  if (domain === 'ai.onnx.ml') {
    if (ML_ELEMENTWISE.has(opType)) return { work: width, width };
    if (opType === 'ArrayFeatureExtractor') return paired(computed, fixed);
    if (opType === 'OneHotEncoder') return { work: width * known.bytes, width: width * known.bytes };
    if (!ML_BY_ATTRIBUTES.has(opType)) return undefined;
    // A float takes four bytes, a label or a node of a tree more.
    return { work: width + known.bytes, width: known.bytes / 4 };
  }
  if (domain !== '') return undefined;
  if (ELEMENTWISE.has(opType) || opType === 'Concat') return { work: width, width };
  if (PAIRED.has(opType)) return paired(computed, fixed);
  const [matrix] = fixed;
  return PRODUCT.has(opType) && computed.length === 1 && matrix ? product(node, first, matrix) : undefined;
}

/** A vector of one element for each of the row, or a single element, is laid over it; anything else may be laid across. */
function paired(computed: readonly number[], fixed: readonly TensorRecord[]): Cost {
  let width = computed.reduce((product, each) => product * each, 1);
  for (const { dims } of fixed) {
    const size = elementTotal(dims) ?? Number.POSITIVE_INFINITY;
    const isLaidOver = size === width && dims.filter((dim) => dim !== 1n).length <= 1 && dims.at(-1) !== 1n;
    if (!isLaidOver) width *= Math.max(1, size);
  }
  return { work: width, width };
}

/** A row times a matrix that is a constant. Where it may be transposed that is not looked up: the worse of both counts. */
function product({ opType, inputs, attributes }: NodeRecord, width: number, matrix: TensorRecord): Cost | undefined {
  const [rows, columns, ...more] = matrix.dims.map(Number);
  if (rows === undefined || columns === undefined || more.length > 0 || rows < 1 || columns < 1) return undefined;
  const isPlain =
    inputs[1] === matrix.name && (opType === 'MatMul' || attributes.every(({ name }) => !/^trans/.test(name)));
  if (isPlain) return { work: width * columns, width: (width / rows) * columns };
  const most = Math.max(rows, columns);
  return { work: width * most, width: (width * most) / Math.min(rows, columns) };
}
