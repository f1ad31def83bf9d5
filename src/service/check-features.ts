/** A model of the spec × the signature of its file → what keeps its features and outputs from fitting. */
import type { Issue } from '../issue.ts';
import type { Signature } from '../model/signature.ts';
import { checkInputs } from './check-inputs.ts';
import { checkOutputs } from './check-outputs.ts';
import type { ModelSpec } from './spec.ts';

/** Every finding. With an error among them `compileFeatures` or `compileOutputs` refuses the model. */
export function checkFeatures({ name, features, outputs }: ModelSpec, signature: Signature): readonly Issue[] {
  const where = `model "${name}"`;
  const inputs = features === undefined ? [] : checkInputs(features, signature, where);
  return [...inputs, ...checkOutputs(outputs, signature, where)];
}
