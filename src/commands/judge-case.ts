/** What was asked × the answers of all who were asked → for each its findings: refusals, another model, other answers. Pure. */
import type { Issue } from '../issue.ts';
import { differences } from '../service/compare-answers.ts';
import { compareGolden, firstDifferences } from '../service/compare-golden.ts';
import type { Tolerances } from '../service/tolerance.ts';
import { refusals, ruleFor } from './ask-example.ts';
import type { PredictAnswer } from './ask-predict.ts';
import { judgeIdentity } from './judge-identity.ts';
import type { TestCase } from './test-cases.ts';

export interface GivenAnswer extends PredictAnswer {
  /** Whose it is. */
  readonly target: string;
  readonly durationMs: number;
}

export interface Judged {
  readonly target: string;
  readonly durationMs: number;
  readonly issues: readonly Issue[];
}

/** `answers` in the order of the targets: each is compared with those before it too. */
export function judgeCase(asked: TestCase, answers: readonly GivenAnswer[], flags: Tolerances): readonly Judged[] {
  return answers.map((answer, at) => {
    const { target, durationMs, status } = answer;
    const found =
      status === 200
        ? [...judgeIdentity(asked, answer), ...ofPredictions(asked, answer, answers.slice(0, at), flags)]
        : [
            ...judgeIdentity(asked, answer),
            ...refusals(asked.places.request, answer).map((issue) => keyed(issue, status)),
          ];
    const issues = found.map((issue) => ({ ...issue, message: `${target}: ${issue.message}` }));
    return { target, durationMs, issues };
  });
}

function keyed(issue: Issue, status: number): Issue {
  if (status !== 401 && status !== 403) return issue;
  return { ...issue, hint: 'give a key that may predict with --api-key or MLSERVE_API_KEY' };
}

function ofPredictions(
  { model, expected, tolerance, places }: TestCase,
  { predictions: actual }: GivenAnswer,
  others: readonly GivenAnswer[],
  flags: Tolerances,
): readonly Issue[] {
  const rule = ruleFor(model, tolerance, flags);
  const known = new Set<string>();
  const issues: Issue[] = [];
  if (expected !== undefined) {
    for (const { pointer } of differences({ expected, actual, rule, other: '' })) known.add(pointer);
    issues.push(...compareGolden({ where: places.predictions, file: places.file, expected, actual, rule }));
  }
  for (const { target, predictions } of others.filter(({ status }) => status === 200)) {
    const all = [...differences({ expected: predictions, actual, rule, other: target })];
    // What differs from the expected answer has been said.
    for (const { pointer, message } of firstDifferences(all.filter(({ pointer: at }) => !known.has(at)))) {
      const hint =
        'compare versions of the runtime and of the model, and the settings of both; or allow more with a tolerance';
      issues.push({
        rule: 'parity.mismatch',
        severity: 'error',
        where: `${places.predictions}${pointer}`,
        message,
        hint,
      });
    }
  }
  return issues;
}
