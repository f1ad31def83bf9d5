/** Cases × targets → every answer, judged; with `--update` after the new ones are recorded. */
import type { Io } from '../ports.ts';
import type { ServedModel } from '../server/contract.ts';
import { askPredict } from './ask-predict.ts';
import { type GivenAnswer, type Judged, judgeCase } from './judge-case.ts';
import type { TestCase } from './test-cases.ts';
import type { TestTarget } from './test-target.ts';
import { toleranceFlags } from './tolerance-flags.ts';
import { type Recorded, updateGolden } from './update-golden.ts';

export interface JudgedCase {
  readonly asked: TestCase;
  readonly answers: readonly GivenAnswer[];
  readonly judged: readonly Judged[];
}

export interface Asking {
  readonly cases: readonly TestCase[];
  readonly models: readonly ServedModel[];
  readonly targets: readonly TestTarget[];
  readonly dir: string;
}

export interface AskingOptions {
  readonly tolerance: readonly string[];
  readonly update: boolean;
  readonly yes: boolean;
  readonly dryRun: boolean;
}

/** One after the other: who is asked is not to be measured by it. Throws USAGE for a tolerance, SERVICE_UNREACHABLE. */
export async function askAll(
  { cases, models, targets, dir }: Asking,
  { tolerance, update, yes, dryRun }: AskingOptions,
  io: Io,
): Promise<{ readonly all: readonly JudgedCase[]; readonly updates: readonly Recorded[] }> {
  const names = models.flatMap(({ outputs }) => outputs.members.map(({ name }) => name));
  const flags = toleranceFlags(tolerance, [...new Set(names)]);
  const answered = new Map<TestCase, readonly GivenAnswer[]>();
  for (const asked of cases) {
    const answers: GivenAnswer[] = [];
    for (const target of targets) answers.push(await ask(asked, target, io));
    answered.set(asked, answers);
  }
  const ofLocal = new Map([...answered].map(([asked, [first]]) => [asked, first as GivenAnswer]));
  const updates = update ? await updateGolden(ofLocal, { dir, flags, yes, dryRun }, io) : [];
  const written = new Set(updates.filter(({ isWritten }) => isWritten).map(({ file }) => file));
  const all = [...answered].map(([asked, answers]) => {
    const current = written.has(asked.name) ? { ...asked, expected: answers[0]?.predictions } : asked;
    return { asked, answers, judged: judgeCase(current, answers, flags) };
  });
  return { all, updates };
}

async function ask(
  { request, model }: TestCase,
  { asked, name }: TestTarget,
  { clock }: Pick<Io, 'clock'>,
): Promise<GivenAnswer> {
  const before = clock.monotonic();
  const answer = await askPredict(request, model, asked);
  return { ...answer, target: name, durationMs: clock.monotonic() - before };
}
