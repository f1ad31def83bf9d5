/** One feature column as written → options that contradict each other or its type. */

import { DEFAULT_MAX_LENGTH } from './compile-column.ts';
import type { ConfigFinding, ConfigPath } from './config-path.ts';
import { compilePattern, countSteps } from './pattern.ts';
import type { FeatureType } from './spec.ts';
import type { WrittenColumn } from './written.ts';

/** Which types an option is for; the other options are for all. */
const OPTION_TYPES = {
  min: ['number', 'integer'],
  max: ['number', 'integer'],
  values: ['category'],
  onUnknown: ['category'],
  pattern: ['string'],
  maxLength: ['string'],
} as const satisfies Partial<Record<keyof WrittenColumn, readonly FeatureType[]>>;

export function findColumnIssues(column: WrittenColumn, path: ConfigPath): readonly ConfigFinding[] {
  const findings: ConfigFinding[] = [];
  const report = (
    key: string,
    rule: string,
    message: string,
    hint: string,
    severity: 'error' | 'warning' = 'error',
  ) => {
    findings.push({ path: [...path, key], rule: `config.${rule}`, severity, message, hint });
  };
  const { type, min, max, pattern, values } = column;
  const name = column.name === undefined ? 'the column' : `the column "${column.name}"`;
  for (const option of Object.keys(OPTION_TYPES) as (keyof typeof OPTION_TYPES)[]) {
    const types: readonly string[] = OPTION_TYPES[option];
    if (column[option] === undefined || type === undefined || types.includes(type)) continue;
    const message = `"${option}" is for ${types.join(' and ')} columns, and ${name} is of type ${type}`;
    report(option, 'option-not-for-type', message, `remove "${option}", or change the type`);
  }
  if (min !== undefined && max !== undefined && min > max) {
    report('min', 'min-above-max', `${name} allows no value: min ${min} is above max ${max}`, 'swap or correct them');
  }
  if (type === 'category' && values === undefined) {
    const hint = 'add {label: number, …}, or [label, …] for a model that takes text';
    report('type', 'values-missing', `${name} is a category without values`, hint);
  }
  if (Array.isArray(values) && new Set(values.map(String)).size < values.length) {
    report('values', 'duplicate-label', `${name} has the same label twice among its values`, 'keep one of them');
  }
  if (pattern !== undefined) {
    const reason = patternProblem(pattern);
    if (reason !== undefined)
      report('pattern', 'bad-pattern', `the pattern of ${name} cannot be used: ${reason}`, PATTERN_HINT);
    else if (type === 'string') {
      const steps = countSteps(pattern);
      const length = column.maxLength ?? DEFAULT_MAX_LENGTH;
      const longest = Math.floor(MOST_VISITS / steps);
      const message = `the pattern of ${name} has ${steps} steps, too many for a text of ${length} characters`;
      const hint = `set "maxLength" to at most ${longest}, or write smaller repetitions`;
      if (length > longest) report('pattern', 'slow-pattern', message, hint);
    }
  }
  const { onMissing, onUnknown } = column;
  const impute = typeof onMissing === 'object' ? onMissing.impute : undefined;
  const misfit = impute === undefined ? undefined : imputeProblem(column, impute);
  if (misfit !== undefined)
    report('onMissing', 'impute-misfit', `${name} imputes what it would refuse: ${misfit}`, 'impute an allowed value');
  if (onMissing === 'nan' && (type === 'string' || type === 'boolean')) {
    report(
      'onMissing',
      'nan-not-for-type',
      `${name} is of type ${type}, which has no NaN`,
      'use reject or {impute: value}',
    );
  }
  if (onUnknown === 'ignore' && (onMissing ?? 'reject') === 'reject') {
    const message = `${name} takes unknown labels as missing, and refuses rows where it is missing`;
    report('onUnknown', 'ignore-rejects', message, 'add "onMissing": nan or {impute: value}', 'warning');
  }
  return findings;
}

/** Steps × characters of one cell: some 20 ms. */
const MOST_VISITS = 1_000_000;

const PATTERN_HINT =
  'use literals, classes, groups, alternatives and repetitions; look-around and references back are not supported';

function patternProblem(pattern: string): string | undefined {
  try {
    compilePattern(pattern);
    return undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return error.message;
    throw error;
  }
}

/** Why the column would refuse the value it imputes. */
function imputeProblem(column: WrittenColumn, impute: string | number | boolean): string | undefined {
  const { type, min, max, values, maxLength, pattern } = column;
  if (type === 'number' || type === 'integer') {
    if (typeof impute !== 'number' || !Number.isFinite(impute)) return 'it is no number';
    if (type === 'integer' && !Number.isInteger(impute)) return 'it is no integer';
    if (min !== undefined && impute < min) return `it is below min ${min}`;
    return max !== undefined && impute > max ? `it is above max ${max}` : undefined;
  }
  if (type === 'boolean') return typeof impute === 'boolean' ? undefined : 'it is neither true nor false';
  if (type === 'string') {
    if (typeof impute !== 'string') return 'it is no text';
    if (maxLength !== undefined && [...impute].length > maxLength) return `it is longer than maxLength ${maxLength}`;
    const isTestable = pattern !== undefined && patternProblem(pattern) === undefined;
    return isTestable && !compilePattern(pattern)(impute) ? 'it does not match the pattern' : undefined;
  }
  if (values === undefined) return undefined;
  // Text that is no label stands for "none of them": an encoder that ignores unknown text gives it zeros.
  if (Array.isArray(values))
    return impute === '' || values.map(String).includes(String(impute)) ? undefined : 'it is not among the values';
  return typeof impute === 'number' || Object.hasOwn(values, String(impute)) ? undefined : 'it is not among the values';
}
