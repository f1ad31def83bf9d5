/** Judged cases → the result of `mlserve test`, and what its reports are written from. Pure. */
import { hasErrors, type Issue } from '../issue.ts';
import type { ReportCase } from '../report/report.ts';
import type { Identity } from '../server/identity.ts';
import type { ServiceSpec } from '../service/spec.ts';
import type { JudgedCase } from './ask-all.ts';
import type { TestResult } from './test-result.ts';
import type { TestTarget } from './test-target.ts';
import type { Recorded } from './update-golden.ts';

export interface TestParts {
  readonly spec: ServiceSpec;
  readonly targets: readonly TestTarget[];
  readonly all: readonly JudgedCase[];
  readonly updates: readonly Recorded[];
  readonly issues: readonly Issue[];
}

export interface TestOutcome {
  readonly shown: TestResult;
  readonly cases: readonly ReportCase[];
  readonly issues: readonly Issue[];
}

export function testResult({ spec, targets, all, updates, issues: others }: TestParts): TestOutcome {
  const cases = all.flatMap(({ asked, judged }) =>
    judged.map(({ target, durationMs, issues }) => ({ suite: target, name: asked.name, durationMs, issues })),
  );
  const issues = [...others, ...cases.flatMap((each) => each.issues)];
  const shown: TestResult = {
    service: { name: spec.name, version: spec.version },
    targets: targets.map(({ kind, name }) => {
      const own = cases.filter(({ suite }) => suite === name);
      const passed = own.filter((each) => !hasErrors(each.issues)).length;
      return { kind, name, asked: own.length, passed, models: identitiesOf(name, all) };
    }),
    cases: all.map(({ asked: { name, model }, judged }) => ({
      case: name,
      model: `${model.spec.name}@${model.spec.version}`,
      outcomes: judged.map(({ target, durationMs, issues: found }) => ({
        target,
        passed: !hasErrors(found),
        durationMs,
      })),
    })),
    updates,
    issues,
  };
  return { shown, cases, issues };
}

function identitiesOf(target: string, all: readonly JudgedCase[]): readonly Identity[] {
  const found = new Map<string, Identity>();
  for (const { identity } of all.flatMap(({ answers }) => answers.filter((answer) => answer.target === target))) {
    const { name, version, digest } = identity;
    if (name === undefined || version === undefined || digest === undefined) continue;
    found.set(`${name} ${version} ${digest}`, { name, version, digest });
  }
  return [...found.values()];
}
