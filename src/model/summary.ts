/** A model's structure → what `mlserve inspect` tells of it: needs against the runtime's limits, weights, operators, parts. */
import { elementTypeFromOnnx } from './element-type.ts';
import type { OpsetRange, RuntimeLimits } from './runtime-limits.ts';
import type { Signature } from './signature.ts';
import type { ByteSource, ModelStructure, NodeRecord, TensorRecord } from './structure.ts';
import { elementTotal, tensorBytes } from './tensor-size.ts';
import { contentsOf, operatorCounts } from './walk.ts';

interface OpsetNeed {
  /** `ai.onnx` for the default domain. */
  readonly domain: string;
  readonly version: bigint;
  /** What the runtime implements; undefined for a domain that it does not know. */
  readonly supported: OpsetRange | undefined;
  /** Whether a node has an operator of the domain that the file does not define itself: exporters import more than they use. */
  readonly isUsed: boolean;
  /** Inside the runtime's range, or unknown to it and not used. */
  readonly isSupported: boolean;
}

/** Initializers of one element type, nested graphs included. */
interface WeightsOfType {
  readonly type: string;
  readonly tensors: number;
  readonly elements: bigint;
  readonly bytes: bigint;
}

export interface ModelSummary {
  readonly bytes: number;
  readonly producer: string;
  readonly producerVersion: string;
  readonly domain: string;
  readonly modelVersion: bigint;
  readonly docString: string;
  readonly metadata: readonly { readonly key: string; readonly value: string }[];
  readonly signature: Signature;
  readonly runtime: string;
  readonly ir: { readonly version: bigint; readonly max: number; readonly isSupported: boolean };
  readonly opsets: readonly OpsetNeed[];
  readonly weights: {
    readonly tensors: number;
    readonly elements: bigint;
    readonly bytes: bigint;
    /** Largest first. */
    readonly byType: readonly WeightsOfType[];
  };
  /** Bytes of node attributes: where trees, vocabularies and constants live. */
  readonly attributeBytes: number;
  readonly nodes: number;
  /** Most frequent first; `domain:op` outside the default domain. Nested graphs and functions included. */
  readonly operators: readonly { readonly name: string; readonly count: number }[];
  readonly subgraphs: number;
  readonly functions: readonly { readonly domain: string; readonly name: string; readonly nodes: number }[];
  readonly externalData: readonly { readonly location: string; readonly tensors: number; readonly bytes: bigint }[];
  readonly hasTrainingInfo: boolean;
}

/** Reads `source` only for the lengths of string tensors. */
export function summarize(structure: ModelStructure, source: ByteSource, limits: RuntimeLimits): ModelSummary {
  const { bytes, producerName: producer, producerVersion, domain, modelVersion, docString, metadata } = structure;
  const contents = contentsOf(structure);
  const used = usedDomains(contents.nodes, structure.functions);
  const sizes = contents.initializers.map((tensor) => sizeOf(tensor, source));
  const byCount = [...operatorCounts(contents)].map(([name, count]) => ({ name, count }));
  return {
    ...{ bytes, producer, producerVersion, domain, modelVersion, docString, metadata },
    signature: structure.signature,
    runtime: limits.runtime,
    ir: {
      version: structure.irVersion,
      max: limits.maxIrVersion,
      isSupported: structure.irVersion <= BigInt(limits.maxIrVersion),
    },
    opsets: structure.opsetImports.map((each) => opsetNeed(each.domain, each.version, used.has(each.domain), limits)),
    weights: { tensors: sizes.length, ...total(sizes), byType: groupByType(sizes) },
    attributeBytes: contents.nodes.reduce(
      (sum, node) => node.attributes.reduce((inner, { range }) => inner + range.end - range.start, sum),
      0,
    ),
    nodes: contents.nodes.length,
    operators: byCount.sort((a, b) => b.count - a.count),
    subgraphs: contents.subgraphs.length,
    functions: structure.functions.map((each) => ({ domain: each.domain, name: each.name, nodes: each.nodes.length })),
    externalData: externalSizes(contents.tensors, source),
    hasTrainingInfo: structure.hasTrainingInfo,
  };
}

function opsetNeed(domain: string, version: bigint, isUsed: boolean, { opsets }: RuntimeLimits): OpsetNeed {
  const supported = opsets.get(domain);
  const isSupported = supported === undefined ? !isUsed : version >= supported.min && version <= supported.max;
  return { domain: domain === '' ? 'ai.onnx' : domain, version, supported, isUsed, isSupported };
}

/** The domains whose operators the runtime is asked for. */
function usedDomains(nodes: readonly NodeRecord[], functions: ModelStructure['functions']): ReadonlySet<string> {
  const own = new Set(functions.map((each) => `${each.domain}:${each.name}`));
  return new Set(nodes.filter(({ domain, opType }) => !own.has(`${domain}:${opType}`)).map(({ domain }) => domain));
}

interface Size {
  readonly type: string;
  readonly elements: bigint;
  readonly bytes: bigint;
}

/** A sparse tensor counts what is stored. Impossible dimensions, which a rule reports, count as nothing. */
function sizeOf(tensor: TensorRecord, source: ByteSource): Size {
  const stored = tensor.sparseParts?.values ?? tensor;
  const bytes = BigInt(tensorBytes(stored, source) ?? 0);
  const elements = BigInt(elementTotal(stored.dims) ?? 0);
  return { type: elementTypeFromOnnx(tensor.dataType) ?? `type ${tensor.dataType}`, elements, bytes };
}

function total(sizes: readonly Size[]): { readonly elements: bigint; readonly bytes: bigint } {
  return {
    elements: sizes.reduce((sum, { elements }) => sum + elements, 0n),
    bytes: sizes.reduce((sum, { bytes }) => sum + bytes, 0n),
  };
}

function groupByType(sizes: readonly Size[]): readonly WeightsOfType[] {
  const groups = new Map<string, Size[]>();
  for (const size of sizes) {
    const own = groups.get(size.type);
    if (own === undefined) groups.set(size.type, [size]);
    else own.push(size);
  }
  const rows = [...groups].map(([type, own]) => ({ type, tensors: own.length, ...total(own) }));
  return rows.sort((a, b) => (a.bytes === b.bytes ? 0 : a.bytes < b.bytes ? 1 : -1));
}

function externalSizes(tensors: readonly TensorRecord[], source: ByteSource): ModelSummary['externalData'] {
  const found = new Map<string, { tensors: number; bytes: bigint }>();
  for (const tensor of tensors) {
    if (tensor.external === undefined) continue;
    const { location } = tensor.external;
    const before = found.get(location) ?? { tensors: 0, bytes: 0n };
    found.set(location, {
      tensors: before.tensors + 1,
      bytes: before.bytes + BigInt(tensorBytes(tensor, source) ?? 0),
    });
  }
  return [...found]
    .map(([location, sizes]) => ({ location, ...sizes }))
    .sort((a, b) => (a.location < b.location ? -1 : 1));
}
