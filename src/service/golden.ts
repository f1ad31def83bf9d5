/** A parsed document → the golden example that it is, or every reason why it is none. */
import type { Issue } from '../issue.ts';
import type { PredictionValue } from './codec.ts';
import { pointerPart } from './pointer.ts';

/** How far a number may be from the golden one: `absolute + relative × |golden|`. */
export interface Tolerance {
  readonly relative: number;
  readonly absolute: number;
}

/** A file below `examples/`: what to send to `POST /predict`, and the predictions that must come back. */
export interface GoldenExample {
  readonly name: string | undefined;
  readonly request: PredictionValue;
  readonly predictions: readonly PredictionValue[];
  readonly tolerance: Tolerance;
}

/** float32 on another processor, and its noise around zero. */
export const DEFAULT_TOLERANCE: Tolerance = { relative: 1e-5, absolute: 1e-7 };
const MEMBERS = ['name', 'request', 'response', 'tolerance'];

type Json = { readonly [name: string]: PredictionValue };

/** A parsed document as an example, or every way in which it is none. `file` names it in the findings. */
export function readGolden(document: PredictionValue, file: string): GoldenExample | readonly Issue[] {
  const issues: Issue[] = [];
  const wrong = (pointer: string, message: string): void => {
    const hint = 'write {"request": {…}, "response": {"predictions": […]}}; see docs/validate.md';
    issues.push({ rule: 'golden.invalid', severity: 'error', where: `${file}#${pointer}`, message, hint });
  };
  if (!isObject(document)) {
    wrong('', 'is not an object');
    return issues;
  }
  for (const name of Object.keys(document)) {
    if (!MEMBERS.includes(name)) wrong(`/${pointerPart(name)}`, `is not known; an example has ${MEMBERS.join(', ')}`);
  }
  const { name, request, response, tolerance = {} } = document;
  if (name !== undefined && typeof name !== 'string') wrong('/name', 'is not a string');
  if (request === undefined) wrong('/request', 'is missing: the body to send to POST /predict');
  const predictions = isObject(response) ? response.predictions : undefined;
  if (!Array.isArray(predictions)) wrong('/response/predictions', 'is missing, or is not a list');
  const limits = { ...DEFAULT_TOLERANCE, ...(isObject(tolerance) ? tolerance : {}) };
  if (!isObject(tolerance)) wrong('/tolerance', 'is not an object with relative, absolute or both');
  for (const [key, value] of Object.entries(limits)) {
    const place = `/tolerance/${pointerPart(key)}`;
    if (!Object.hasOwn(DEFAULT_TOLERANCE, key)) wrong(place, 'is not known; relative and absolute are');
    else if (typeof value !== 'number' || value < 0) wrong(place, 'is not a number of at least 0');
  }
  if (issues.length > 0 || request === undefined) return issues;
  return {
    name: name as string | undefined,
    request,
    predictions: predictions as readonly PredictionValue[],
    tolerance: limits as Tolerance,
  };
}

/** Whether JSON is an object, neither null nor a list. */
export function isObject(value: PredictionValue | undefined): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
