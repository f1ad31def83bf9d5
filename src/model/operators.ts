/** Domain, operator and version → whether the operator exists there. `operators.json` is generated from the onnx package's own schemas. */
import { createRequire } from 'node:module';

/** Domain → operator → versions at which it was added or changed; negative where it was removed. Ascending by magnitude. */
type OperatorTable = Readonly<Record<string, Readonly<Record<string, readonly number[]>>>>;

// Not an import: Node 20 prints a warning for imported JSON.
const ONNX = createRequire(import.meta.url)('./operators.json') as OperatorTable;

/**
 * What onnxruntime registers in the default domain beyond ONNX: read off `get_all_operator_schema()` of its Python package 1.30.0.
 * Mostly operators of ONNX's early days; exporters of language models use SimplifiedLayerNormalization.
 */
const RUNTIME: OperatorTable = {
  '': {
    Affine: [1, -10],
    Crop: [1, -10],
    DynamicSlice: [1, -10],
    GRUUnit: [1, -10],
    GivenTensorFill: [1, -10],
    GroupNormalization: [18],
    ImageScaler: [1, -10],
    LayerNormalization: [1],
    MeanVarianceNormalization: [1],
    ParametricSoftplus: [1, -10],
    Scale: [1, -10],
    ScaledTanh: [1, -10],
    SimplifiedLayerNormalization: [1],
    ThresholdedRelu: [1],
  },
};

/** `unchecked`: a domain without a table, whose operators the runtime alone knows. */
export type OperatorStatus = 'known' | 'unchecked' | 'unknown' | 'removed' | { readonly since: number };

export function operatorStatus(domain: string, opType: string, version: number): OperatorStatus {
  if (!Object.hasOwn(ONNX, domain)) return 'unchecked';
  const statuses = [ONNX, RUNTIME].flatMap((table) => {
    const versions = entry(entry(table, domain), opType);
    return versions === undefined ? [] : [statusAt(versions, version)];
  });
  return statuses.find((status) => status === 'known') ?? statuses[0] ?? 'unknown';
}

function statusAt(versions: readonly number[], version: number): OperatorStatus {
  const reached = versions.filter((each) => Math.abs(each) <= version);
  const last = reached.at(-1);
  if (last !== undefined) return last > 0 ? 'known' : 'removed';
  return { since: versions.find((each) => each > 0) ?? 0 };
}

/** Own members only: an operator may be called `constructor`. */
function entry<T>(record: Readonly<Record<string, T>> | undefined, name: string): T | undefined {
  return record !== undefined && Object.hasOwn(record, name) ? record[name] : undefined;
}
