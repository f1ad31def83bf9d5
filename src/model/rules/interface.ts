/** Rules on inputs and outputs: MSV017 and MSV018 not tensors, MSV019 and MSV020 types, MSV021 free dimensions, MSV026 strings. */
import type { Issue } from '../../issue.ts';
import { isServable } from '../element-type.ts';
import { type Dimension, type TensorValue, tensorsOf, type ValueSpec } from '../signature.ts';
import { at, type ModelFacts, type RuleContext } from './context.ts';
import { plain } from './quote.ts';
import { finding } from './table.ts';

export function checkInterface({ structure, facts }: RuleContext): readonly Issue[] {
  const { inputs, outputs } = structure.signature;
  const rowNames = new Set(
    tensorsOf(inputs).flatMap(({ shape }) => (typeof shape?.[0] === 'string' ? [shape[0]] : [])),
  );
  const fromZipMap = new Set(
    structure.graph.nodes.filter((node) => node.opType === 'ZipMap').flatMap((node) => node.outputs),
  );
  return [
    ...outputs.filter((value) => value.kind !== 'tensor').map((value) => nonTensorOutput(value, facts, fromZipMap)),
    ...inputs.filter((value) => value.kind !== 'tensor').map((value) => nonTensorInput(value, facts)),
    ...tensorsOf(inputs).flatMap((value) => checkType('input', value, facts)),
    ...tensorsOf(outputs).flatMap((value) => checkType('output', value, facts)),
    ...tensorsOf(inputs).flatMap((value) => checkInput(value, rowNames, facts)),
  ];
}

function nonTensorOutput(value: ValueSpec, facts: ModelFacts, fromZipMap: ReadonlySet<string>): Issue {
  const zip = fromZipMap.has(value.name);
  return finding('MSV017', at(facts, 'output', value.name), describe(value), zip ? zipMapFix(facts.file) : undefined);
}

function zipMapFix(file: string): string {
  return `run "mlserve fix zipmap ${file}": it removes the ZipMap node, exposes its scores as a tensor and keeps the class labels`;
}

function nonTensorInput(value: ValueSpec, facts: ModelFacts): Issue {
  return finding('MSV018', at(facts, 'input', value.name), describe(value));
}

function describe(value: ValueSpec): string {
  const type = value.kind === 'tensor' ? value.elementType : plain(value.description);
  return `is ${type}, not a tensor`;
}

function checkType(kind: 'input' | 'output', value: TensorValue, facts: ModelFacts): readonly Issue[] {
  if (isServable(value.elementType)) return [];
  return [finding('MSV019', at(facts, kind, value.name), `has element type ${value.elementType}`)];
}

function checkInput(
  { name, elementType, shape }: TensorValue,
  rowNames: ReadonlySet<string>,
  facts: ModelFacts,
): readonly Issue[] {
  const where = at(facts, 'input', name);
  const issues: Issue[] = [];
  if (elementType === 'float64') issues.push(finding('MSV020', where, 'takes float64'));
  if (elementType === 'string') issues.push(finding('MSV026', where, 'takes strings'));
  if (facts.boundedInputs.has(name)) return issues;
  if (shape === null) {
    issues.push(finding('MSV021', where, 'has no declared rank, so every dimension is free'));
    return issues;
  }
  // A dimension with the name of the rows is as bounded as they are.
  const isFree = (dim: Dimension): boolean => dim === null || (typeof dim === 'string' && !rowNames.has(dim));
  const free = shape.flatMap((dim, index) => (index > 0 && isFree(dim) ? [index] : []));
  if (free.length > 0) {
    const which = free.length === 1 ? `dimension ${free[0]} is` : `dimensions ${free.join(', ')} are`;
    issues.push(finding('MSV021', where, `${which} free (counted from 0)`));
  }
  return issues;
}
