/** Findings about features or outputs → CONFIG_INVALID when one of them is an error. */
import { MlserveError } from '../errors.ts';
import { hasErrors, type Issue } from '../issue.ts';

export function refuseErrors(message: string, issues: readonly Issue[]): void {
  if (!hasErrors(issues)) return;
  throw new MlserveError('CONFIG_INVALID', message, { issues, hint: 'correct the findings in mlserve.yaml' });
}
