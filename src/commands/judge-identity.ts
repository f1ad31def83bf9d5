/** What was asked × an answer → a finding where another model than the expected one made it. Pure. */
import type { Issue } from '../issue.ts';
import type { PredictAnswer } from './ask-predict.ts';
import type { TestCase } from './test-cases.ts';

/** What refuses may be a proxy that knows no model. */
export function judgeIdentity({ model, places }: TestCase, { identity, status }: PredictAnswer): readonly Issue[] {
  const { name, version, digest } = identity;
  if (name === undefined && status !== 200) return [];
  const { spec, fingerprint } = model;
  if (name === spec.name && version === spec.version && digest === fingerprint.model) return [];
  const said =
    name === undefined
      ? 'the answer does not say which model made it'
      : `${name} ${version} ${digest} answered, and ${spec.name} ${spec.version} ${fingerprint.model} is expected`;
  const hint = 'deploy the model that is locked, or run the test in the project that was deployed';
  return [{ rule: 'parity.identity', severity: 'error', where: places.request, message: said, hint }];
}
