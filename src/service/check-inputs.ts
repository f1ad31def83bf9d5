/** Feature spec × the signature of the model → what keeps the columns from fitting. */
import type { Issue } from '../issue.ts';
import { type BatchDimension, batchDimension } from '../model/batch.ts';
import { type Signature, type TensorValue, tensorsOf } from '../model/signature.ts';
import { plural } from '../plural.ts';
import { checkColumn } from './check-column.ts';
import { closestName } from './closest-name.ts';
import { inputLayout } from './input-layout.ts';
import type { FeatureColumn, FeatureSpec } from './spec.ts';

/** `where` names the model. */
export function checkInputs({ columns }: FeatureSpec, signature: Signature, where: string): readonly Issue[] {
  const inputs = tensorsOf(signature.inputs);
  const batch = batchDimension(signature);
  const strangers = columns.flatMap((column) => unknownInput(column, inputs, where));
  const issues = inputs.flatMap((input) => {
    const own = columns.filter((column) => column.input === input.name);
    const layout = layoutIssues({ input, columns: own, batch, where });
    // A column is judged by the element type of its input, which holds whatever the shape.
    return [...layout, ...own.flatMap((column) => checkColumn(column, input, `${where}, column "${column.name}"`))];
  });
  return [...strangers, ...issues];
}

function unknownInput(column: FeatureColumn, inputs: readonly TensorValue[], where: string): readonly Issue[] {
  const names = inputs.map(({ name }) => name);
  if (names.includes(column.input)) return [];
  const meant = closestName(column.input, names);
  return [
    {
      rule: 'features.unknown-input',
      severity: 'error',
      where: `${where}, column "${column.name}"`,
      message: `the model has no input "${column.input}"`,
      hint:
        meant === undefined
          ? `set "input" to one of ${names.map((name) => `"${name}"`).join(', ')}`
          : `did you mean "input: ${meant}"?`,
    },
  ];
}

interface InputColumns {
  readonly input: TensorValue;
  readonly columns: readonly FeatureColumn[];
  readonly batch: BatchDimension | undefined;
  readonly where: string;
}

function layoutIssues({ input, columns, batch, where }: InputColumns): readonly Issue[] {
  const at = `${where}, input "${input.name}"`;
  const given = columns.length;
  if (given === 0) {
    const hint = `add ${columnsHint(input, batch)} with "input: ${input.name}", or remove "features" to send tensors`;
    return [problem('uncovered-input', at, 'no column feeds this input of the model', hint)];
  }
  const layout = inputLayout(input, given, batch);
  if (typeof layout === 'string') {
    const hint = 'remove "features": requests then carry whole tensors';
    return [problem('unsupported-shape', at, `columns cannot feed this input: ${layout}`, hint)];
  }
  const { width } = layout;
  if (width === given) return [];
  const [rule, verb] = given < width ? ['too-few-columns', 'add'] : ['too-many-columns', 'remove'];
  const message = `the model takes ${plural(width, 'column')} here, and the features give ${given}`;
  const count = Math.abs(width - given);
  return [
    problem(rule, at, message, `${verb} ${plural(count, 'column')}, in the order in which the model was trained`),
  ];
}

function columnsHint(input: TensorValue, batch: BatchDimension | undefined): string {
  const layout = inputLayout(input, 1, batch);
  return typeof layout === 'string' ? 'columns' : plural(layout.width, 'column');
}

function problem(rule: string, where: string, message: string, hint: string): Issue {
  return { rule: `features.${rule}`, severity: 'error', where, message, hint };
}
