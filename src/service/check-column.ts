/** One feature column × the model input it goes to → whether the element type can hold what the column promises. */
import type { Issue } from '../issue.ts';
import { type ElementType, isServable, type ServableType } from '../model/element-type.ts';
import type { TensorValue } from '../model/signature.ts';
import { fallbackOf } from './compile-column.ts';
import { BOUNDS, isFloat, isSendable, toElement } from './element.ts';
import type { FeatureColumn } from './spec.ts';

export function checkColumn(column: FeatureColumn, { elementType }: TensorValue, where: string): readonly Issue[] {
  if (!isServable(elementType)) return [];
  const problem = (rule: string, message: string, hint: string): readonly Issue[] => [
    { rule: `features.${rule}`, severity: 'error', where, message, hint },
  ];
  const misfit = typeMisfit(column, elementType);
  if (misfit !== undefined) {
    return problem('type-mismatch', `a ${column.type} column cannot feed an input of type ${elementType}`, misfit);
  }
  return [
    ...boundsIssues(column, elementType, problem),
    ...valuesIssues(column, elementType, problem),
    ...missingIssues(column, elementType, problem),
  ];
}

type Problem = (rule: string, message: string, hint: string) => readonly Issue[];

/** What to do about a type that does not fit; undefined when it does. */
function typeMisfit({ type, values }: FeatureColumn, elementType: ServableType): string | undefined {
  if (elementType === 'string') {
    return type === 'string' || type === 'category' ? undefined : 'use type string, or category with a list of labels';
  }
  if (type === 'string') {
    return `use type ${natural(elementType)}, or category with a number for each label`;
  }
  if (type === 'number' && !isFloat(elementType)) return `use type ${natural(elementType)}`;
  if (type === 'category' && values !== undefined && !(values instanceof Map)) {
    return 'give each label its number: {label: number, …}';
  }
  return undefined;
}

function natural(elementType: ElementType): string {
  if (elementType === 'bool') return 'boolean';
  return elementType.startsWith('float') ? 'number' : 'integer';
}

function boundsIssues({ min, max }: FeatureColumn, elementType: ServableType, problem: Problem): readonly Issue[] {
  if (elementType === 'string') return [];
  const holds = BOUNDS[elementType];
  const range = `from ${holds.min} to ${holds.max}`;
  const message = `no allowed value fits the input: ${elementType} holds values ${range}`;
  if (min !== undefined && min > holds.max) return problem('empty-range', message, `lower "min" (${min})`);
  if (max !== undefined && max < holds.min) return problem('empty-range', message, `raise "max" (${max})`);
  return [];
}

function valuesIssues({ values }: FeatureColumn, elementType: ServableType, problem: Problem): readonly Issue[] {
  if (values instanceof Map) {
    if (elementType === 'string') {
      return problem(
        'values-misfit',
        'the model takes text, and "values" gives numbers',
        'use a list: values: [label, …]',
      );
    }
    const bad = [...values].find(([, value]) => Number.isNaN(value) || toElement(elementType, value) === undefined);
    if (bad === undefined) return [];
    const [label, value] = bad;
    const message = `${elementType} cannot hold ${value}, the value of the label "${label}"`;
    return problem('values-misfit', message, 'give the label the number the model was trained with');
  }
  const bad = ((values ?? []) as readonly string[]).find((label) => !isSendable(label));
  if (bad === undefined) return [];
  return problem('values-misfit', `the label ${JSON.stringify(bad)} holds a NUL or half a surrogate pair`, 'remove it');
}

function missingIssues(column: FeatureColumn, elementType: ServableType, problem: Problem): readonly Issue[] {
  const { onMissing } = column;
  if (onMissing === 'reject' || fallbackOf(column, elementType) !== undefined) return [];
  if (onMissing === 'nan') {
    return problem(
      'nan-needs-float',
      `an input of type ${elementType} cannot hold NaN`,
      'use {impute: value} or reject',
    );
  }
  const message = `${elementType} cannot hold the imputed ${JSON.stringify(onMissing.impute)}`;
  return problem('impute-misfit', message, 'impute a value that the input can hold');
}
