/** Rules on stored tensors: MSV011 bytes against dimensions, MSV012 impossible dimensions. */
import type { Issue } from '../../issue.ts';
import { plural } from '../../plural.ts';
import { ELEMENT_TYPES, type ElementType, elementTypeFromOnnx } from '../element-type.ts';
import { tensorsOf } from '../signature.ts';
import type { TensorRecord } from '../structure.ts';
import { denseBytes, elementTotal } from '../tensor-size.ts';
import { at, type RuleContext } from './context.ts';
import { finding } from './table.ts';

export function checkDimensions({ tensors, structure, facts }: RuleContext): readonly Issue[] {
  const issues: Issue[] = [];
  const judge = (kind: string, name: string, dims: readonly bigint[]): void => {
    const reason = impossible(dims);
    if (reason !== undefined) issues.push(finding('MSV012', at(facts, kind, name), reason));
  };
  for (const tensor of tensors) judge('tensor', tensor.name, tensor.dims);
  const { inputs, defaultedInputs, outputs } = structure.signature;
  const fixed = (shape: readonly (number | string | null)[] | null): bigint[] =>
    (shape ?? []).filter((dim) => typeof dim === 'number').map((dim) => BigInt(Math.trunc(dim)));
  for (const { name, shape } of tensorsOf([...inputs, ...defaultedInputs])) judge('input', name, fixed(shape));
  for (const { name, shape } of tensorsOf(outputs)) judge('output', name, fixed(shape));
  return issues;
}

function impossible(dims: readonly bigint[]): string | undefined {
  if (elementTotal(dims) !== undefined) return undefined;
  const shown = `[${dims.slice(0, 8).join(', ')}${dims.length > 8 ? ', …' : ''}]`;
  const isNegative = dims.some((dim) => dim < 0n);
  return isNegative ? `negative dimension in ${shown}` : `the product of ${shown} is more than 2^53`;
}

/** TensorProto fields that may hold typed values. */
const FLOATS = 4;
const INT32S = 5;
const STRINGS = 6;
const INT64S = 7;
const DOUBLES = 10;
const UINT64S = 11;

export function checkPayloads({ tensors, facts }: RuleContext): readonly Issue[] {
  return tensors.flatMap((tensor) => {
    const total = elementTotal(tensor.dims);
    if (tensor.external !== undefined || tensor.sparse || total === undefined) return [];
    const message = misfit(tensor, total);
    return message === undefined ? [] : [finding('MSV011', at(facts, 'tensor', tensor.name), message)];
  });
}

function misfit({ dataType, dims, raw, typed }: TensorRecord, elements: number): string | undefined {
  const type = elementTypeFromOnnx(dataType);
  if (type === undefined) return `element type ${dataType} does not exist`;
  const filled = [...typed].filter(([, count]) => count > 0);
  if (raw !== undefined && (raw.end > raw.start || filled.length === 0)) {
    if (filled.length > 0) return 'holds its values twice, as raw bytes and as typed values';
    const needed = denseBytes({ dataType, dims });
    if (needed === undefined) return 'holds strings as raw bytes';
    const given = raw.end - raw.start;
    return given === needed
      ? undefined
      : `holds ${plural(given, 'byte')}; ${type} [${dims.join(', ')}] needs ${needed}`;
  }
  const { field, least, most } = typedNeed(type, elements);
  if (filled.some(([each]) => each !== field)) return `holds values in a field that is not for ${type}`;
  const given = typed.get(field) ?? 0;
  const needed = least === most ? `${least}` : `${least} to ${most}`;
  return given >= least && given <= most
    ? undefined
    : `holds ${plural(given, 'value')}; ${type} [${dims.join(', ')}] needs ${needed}`;
}

/** The typed field of a type, and how many entries it must have (onnx.proto, TensorProto). */
function typedNeed(type: ElementType, elements: number): { field: number; least: number; most: number } {
  const exactly = (field: number, count: number) => ({ field, least: count, most: count });
  if (type === 'float32') return exactly(FLOATS, elements);
  if (type === 'complex64') return exactly(FLOATS, 2 * elements);
  if (type === 'float64') return exactly(DOUBLES, elements);
  if (type === 'complex128') return exactly(DOUBLES, 2 * elements);
  if (type === 'int64') return exactly(INT64S, elements);
  if (type === 'uint64' || type === 'uint32') return exactly(UINT64S, elements);
  if (type === 'string') return exactly(STRINGS, elements);
  const { bits } = ELEMENT_TYPES[type];
  // Writers disagree on how many sub-byte elements share an entry: one byte's worth, or 32 bits.
  if (bits < 8) return { field: INT32S, least: Math.ceil((elements * bits) / 32), most: elements };
  return exactly(INT32S, elements);
}
