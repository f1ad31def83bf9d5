/** One golden example asked of the running service, through the server's own handler → where the answer is not what it should be. */
import type { Issue } from '../issue.ts';
import { JsonError } from '../server/json/json-error.ts';
import { parseJson } from '../server/json/read-value.ts';
import { compareGolden } from '../service/compare-golden.ts';
import { exactMembers } from '../service/exact-members.ts';
import { type GoldenExample, readGolden } from '../service/golden.ts';
import { NO_TOLERANCES, type RuleOf, ruleOf, type Tolerances } from '../service/tolerance.ts';
import { type Asked, type AskedModel, askPredict, type PredictAnswer } from './ask-predict.ts';

export interface ExampleFile {
  /** As findings name it. */
  readonly file: string;
  readonly text: string;
}

/** Violations shown of one refused request. */
const SHOWN = 5;

export async function askExample(
  { file, text }: ExampleFile,
  model: AskedModel,
  asked: Asked,
): Promise<readonly Issue[]> {
  const golden = parseExample(text, file);
  if (!('predictions' in golden)) return golden;
  const answer = await askPredict(golden.request, model, asked);
  if (answer.status !== 200) return refusals(`${file}#/request`, answer);
  const { predictions: expected, tolerance } = golden;
  const where = `${file}#/response/predictions`;
  return compareGolden({ where, expected, actual: answer.predictions, rule: ruleFor(model, tolerance, NO_TOLERANCES) });
}

/** How far answers of a model may be from those of an example with these tolerances. */
export function ruleFor({ outputs, signature }: AskedModel, example: Tolerances, flags: Tolerances): RuleOf {
  const { members } = outputs;
  return ruleOf({ flags, example, outputs: members, integers: exactMembers(members, signature) });
}

export function parseExample(text: string, file: string): GoldenExample | readonly Issue[] {
  try {
    return readGolden(parseJson(text), file);
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    const message = `is not JSON: ${error.message}`;
    return [{ rule: 'golden.invalid', severity: 'error', where: file, message, hint: 'correct the file' }];
  }
}

/** `where` the request stands. */
export function refusals(where: string, { status, detail, errors, identity }: PredictAnswer): readonly Issue[] {
  // Answers about a model name it; others come from a proxy, another program, or a service without that model.
  const isOfModel = errors !== undefined || identity.digest !== undefined;
  const issue = (pointer: string, message: string): Issue => ({
    rule: 'golden.refused',
    severity: 'error',
    where: `${where}${pointer}`,
    message,
    hint: isOfModel
      ? 'correct the request, or the features that refuse it'
      : 'see that mlserve serves this model and version there, and that nothing before it answers in its place',
  });
  if (errors === undefined) return [issue('', `the service answers ${status}${detail === '' ? '' : `: ${detail}`}`)];
  return errors.slice(0, SHOWN).map(({ pointer, expected }) => issue(pointer, `the service expects ${expected}`));
}
