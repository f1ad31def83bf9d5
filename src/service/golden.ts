/** A parsed document → the golden example that it is, or every reason why it is none. */
import type { Issue } from '../issue.ts';
import type { PredictionValue } from './codec.ts';
import { isObject } from './is-object.ts';
import { pointerPart } from './pointer.ts';
import type { Tolerances } from './tolerance.ts';
import { readTolerances } from './written-tolerance.ts';

/** A file below `examples/`: what to send to `POST /predict`, and the predictions that must come back. */
export interface GoldenExample {
  readonly name: string | undefined;
  readonly request: PredictionValue;
  readonly predictions: readonly PredictionValue[];
  readonly tolerance: Tolerances;
}

const MEMBERS = ['name', 'request', 'response', 'tolerance'];

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
  const { name, request, response, tolerance } = document;
  if (name !== undefined && typeof name !== 'string') wrong('/name', 'is not a string');
  if (request === undefined) wrong('/request', 'is missing: the body to send to POST /predict');
  const predictions = isObject(response) ? response.predictions : undefined;
  if (!Array.isArray(predictions)) wrong('/response/predictions', 'is missing, or is not a list');
  const tolerances = readTolerances(tolerance, (pointer, message) => wrong(`/tolerance${pointer}`, message));
  if (issues.length > 0 || request === undefined) return issues;
  return {
    name: name as string | undefined,
    request,
    predictions: predictions as readonly PredictionValue[],
    tolerance: tolerances,
  };
}
