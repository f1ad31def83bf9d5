/** Output specs × the signature of its file → names, labels and argmax that do not fit. */
import type { Issue } from '../issue.ts';
import { batchDimension } from '../model/batch.ts';
import type { Dimension, Signature, TensorValue } from '../model/signature.ts';
import { plural } from '../plural.ts';
import { closestName } from './closest-name.ts';
import type { OutputSpec } from './spec.ts';

/** `where` names the model. */
export function checkOutputs(specs: readonly OutputSpec[], signature: Signature, where: string): readonly Issue[] {
  const hasBatch = batchDimension(signature) !== undefined;
  return specs.flatMap((spec) => outputIssues(spec, signature, hasBatch, `${where}, output "${spec.name}"`));
}

function outputIssues(spec: OutputSpec, { outputs }: Signature, hasBatch: boolean, where: string): readonly Issue[] {
  const problem = (rule: string, message: string, hint: string): readonly Issue[] => [
    { rule: `outputs.${rule}`, severity: 'error', where, message, hint },
  ];
  const output = outputs.find(({ name }) => name === spec.from);
  if (output === undefined) {
    const names = outputs.map(({ name }) => name);
    const meant = closestName(spec.from, names);
    const hint =
      meant === undefined
        ? `set "from" to one of ${names.map((name) => `"${name}"`).join(', ')}`
        : `did you mean "from: ${meant}"?`;
    return problem('unknown-output', `the model has no output "${spec.from}"`, hint);
  }
  if (output.kind !== 'tensor') {
    const hint = 'run "mlserve validate" on the model: it says what to do about such outputs';
    return problem('not-a-tensor', `the output "${spec.from}" is ${output.description}, which cannot be served`, hint);
  }
  return [...labelIssues(spec, output, hasBatch, problem), ...argmaxIssues(spec, output, hasBatch, problem)];
}

type Problem = (rule: string, message: string, hint: string) => readonly Issue[];

/** Dimensions of one row; undefined when the rank is unknown. */
function rowShape({ shape }: TensorValue, hasBatch: boolean): readonly Dimension[] | undefined {
  if (shape === null) return undefined;
  const first = shape[0];
  return hasBatch && (typeof first !== 'number' || first === 1) ? shape.slice(1) : shape;
}

function labelIssues(
  { labels }: OutputSpec,
  output: TensorValue,
  hasBatch: boolean,
  problem: Problem,
): readonly Issue[] {
  if (labels === undefined) return [];
  if (output.elementType === 'string') {
    return problem('labels-on-text', 'the output is text, which needs no labels', 'remove "labels"');
  }
  const last = rowShape(output, hasBatch)?.at(-1);
  const isCode = last === 1 && !output.elementType.startsWith('float');
  if (typeof last !== 'number' || last === labels.length || isCode) return floatScalarIssues(output, hasBatch, problem);
  const message = `there ${labels.length === 1 ? 'is' : 'are'} ${plural(labels.length, 'label')} for ${plural(last, 'position')}`;
  return problem('label-count', message, `give ${plural(last, 'label')}, in the order of the positions`);
}

/** A float without positions has nothing that labels could name. */
function floatScalarIssues(output: TensorValue, hasBatch: boolean, problem: Problem): readonly Issue[] {
  if (rowShape(output, hasBatch)?.length !== 0 || !output.elementType.startsWith('float')) return [];
  return problem('labels-on-number', 'the output is one number a row, which labels cannot name', 'remove "labels"');
}

function argmaxIssues(
  { argmax }: OutputSpec,
  output: TensorValue,
  hasBatch: boolean,
  problem: Problem,
): readonly Issue[] {
  if (!argmax) return [];
  if (output.elementType === 'string') {
    return problem('argmax-on-text', 'the output is text, of which none is the largest', 'remove "argmax"');
  }
  const shape = rowShape(output, hasBatch);
  const isOne = shape !== undefined && (shape.length === 0 || shape.at(-1) === 1);
  if (!isOne) return [];
  return problem(
    'argmax-on-one',
    'the output is one value a row, so there is no largest of several',
    'remove "argmax"',
  );
}
