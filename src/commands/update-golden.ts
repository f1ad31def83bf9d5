/** Cases × the answers of the models in this process → the golden examples with the new answers, after a yes of the person. */
import { MlserveError } from '../errors.ts';
import { plural } from '../plural.ts';
import type { Io } from '../ports.ts';
import { differences } from '../service/compare-answers.ts';
import { firstDifferences } from '../service/compare-golden.ts';
import type { Tolerances } from '../service/tolerance.ts';
import { ruleFor } from './ask-example.ts';
import type { PredictAnswer } from './ask-predict.ts';
import type { TestCase } from './test-cases.ts';
import { type NewAnswer, writeGolden } from './write-golden.ts';

export interface UpdateOptions {
  readonly dir: string;
  readonly flags: Tolerances;
  readonly yes: boolean;
  /** Shows, and writes nothing. */
  readonly dryRun: boolean;
}

export interface Recorded {
  readonly file: string;
  readonly isWritten: boolean;
}

/** Where the answer of `answers` is not the expected one; all files at once. Throws PROMPT_UNAVAILABLE, and INTERRUPTED for a no. */
export async function updateGolden(
  answers: ReadonlyMap<TestCase, PredictAnswer>,
  { dir, flags, yes, dryRun }: UpdateOptions,
  io: Pick<Io, 'files' | 'prompt' | 'terminal'>,
): Promise<readonly Recorded[]> {
  const changed: NewAnswer[] = [];
  for (const [{ name, model, expected = [], tolerance, places }, { status, predictions }] of answers) {
    if (status !== 200) continue;
    const rule = ruleFor(model, tolerance, flags);
    const found = firstDifferences(differences({ expected, actual: predictions, rule, other: 'the example' }));
    for (const { pointer, message } of found) io.terminal.info(`${places.predictions}${pointer} ${message}`);
    if (found.length > 0) changed.push({ name, predictions });
  }
  if (changed.length === 0) return [];
  const isWritten = !dryRun;
  if (isWritten) {
    const question = `record the new answers of ${plural(changed.length, 'example')}?`;
    if (!yes && !(await io.prompt.confirm({ message: question, flag: '--yes' }))) {
      throw new MlserveError('INTERRUPTED', 'the answer was no: nothing was changed');
    }
    await writeGolden(dir, changed, io.files);
  }
  return changed.map(({ name }) => ({ file: name, isWritten }));
}
