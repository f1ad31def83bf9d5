/** The result of `mlserve test` → a table of cases and targets, the findings, who answered, and the verdict; the same for the page of a job. Pure. */
import { hasErrors, renderIssues } from '../issue.ts';
import { plural } from '../plural.ts';
import type { Page } from '../report/summary.ts';
import { shortDigest } from '../server/identity.ts';
import { visible } from '../visible.ts';
import type { TestResult } from './test-result.ts';
import { textTable } from './text-table.ts';

export function renderTest(result: TestResult): string {
  const { targets, cases, updates, issues } = result;
  const head = ['', ...targets.map(({ name }) => visible(name))];
  const rows = cases.map(({ case: name, outcomes }) => [
    visible(name),
    ...outcomes.map(({ passed }) => (passed ? 'ok' : 'FAILED')),
  ]);
  const lines = rows.length === 0 ? [] : textTable([head, ...rows]);
  const answered = targets.map(({ name, models }) => [
    `  ${visible(name)}`,
    models
      .map(({ name: model, version, digest }) => visible(`${model} ${version} ${shortDigest(digest)}`))
      .join(', ') || 'no model answered',
  ]);
  const recorded = updates.map(
    ({ file, isWritten }) => `  ${isWritten ? 'recorded' : 'would record'} ${visible(file)}`,
  );
  return [
    ...lines,
    ...(issues.length > 0 ? [renderIssues(issues)] : []),
    ...textTable(answered),
    ...recorded,
    verdictOf(result),
  ].join('\n');
}

export function testPage(result: TestResult): Page {
  const { name, version } = result.service;
  const cases = result.cases.flatMap(({ case: of, outcomes }) =>
    outcomes.map(({ target, passed }) => ({ suite: target, name: of, hasPassed: passed })),
  );
  return { title: `mlserve test of ${name} ${version}`, verdict: verdictOf(result), cases };
}

/** One line. */
function verdictOf({ service, targets, cases, issues }: TestResult): string {
  const passed = cases.filter(({ outcomes }) => outcomes.every((each) => each.passed)).length;
  const verdict = hasErrors(issues) ? 'failed' : 'passed';
  const of = `${passed} of ${plural(cases.length, 'case')} as expected on ${plural(targets.length, 'target')}`;
  return visible(`${service.name} ${service.version}: ${verdict} (${of})`);
}
