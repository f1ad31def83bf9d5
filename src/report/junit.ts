/** A report → JUnit XML, as CI systems read it. Nothing in it says when or where it was made. */
import type { Issue } from '../issue.ts';
import type { Report, ReportCase } from './report.ts';

/** A suite for each of whom was asked; findings of no case are in one of their own. Warnings fail nothing. */
export function junitXml({ title, cases, issues }: Report): string {
  const ofCases = new Set(cases.flatMap((each) => each.issues));
  const others = issues.filter((issue) => !ofCases.has(issue) && issue.severity === 'error');
  const all = [...cases, ...others.map((issue) => loose(issue, title))];
  const suites = [...new Set(all.map(({ suite }) => suite))].map((name) => ({
    name,
    cases: all.filter(({ suite }) => suite === name),
  }));
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites ${attributes({ name: title, ...counts(all) })}>`,
    ...suites.flatMap((suite) => [
      `  <testsuite ${attributes({ name: suite.name, ...counts(suite.cases) })}>`,
      ...suite.cases.flatMap(caseLines),
      '  </testsuite>',
    ]),
    '</testsuites>',
    '',
  ].join('\n');
}

function loose(issue: Issue, suite: string): ReportCase {
  return { suite, name: issue.where, durationMs: 0, issues: [issue] };
}

const errorsOf = ({ issues }: ReportCase): readonly Issue[] => issues.filter(({ severity }) => severity === 'error');

function counts(cases: readonly ReportCase[]): Record<string, string> {
  const failures = cases.filter((each) => errorsOf(each).length > 0).length;
  const time = cases.reduce((sum, { durationMs }) => sum + durationMs, 0);
  return { tests: String(cases.length), failures: String(failures), errors: '0', time: seconds(time) };
}

function caseLines(each: ReportCase): readonly string[] {
  const errors = errorsOf(each);
  const head = `    <testcase ${attributes({ classname: each.suite, name: each.name, time: seconds(each.durationMs) })}`;
  const [first] = errors;
  if (first === undefined) return [`${head}/>`];
  const text = errors.map(({ rule, where, message, hint }) => {
    const fix = hint === undefined ? '' : `\n  fix: ${hint}`;
    return `${rule} ${where}: ${message}${fix}`;
  });
  return [
    `${head}>`,
    `      <failure ${attributes({ type: first.rule, message: first.message })}>${xmlText(text.join('\n'))}</failure>`,
    '    </testcase>',
  ];
}

function seconds(milliseconds: number): string {
  return (milliseconds / 1000).toFixed(3);
}

function attributes(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name}="${xmlText(value).replace(/[\t\n\r]/g, ' ')}"`)
    .join(' ');
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** XML 1.0 has no way to write most control characters, and halves of surrogate pairs. */
function xmlText(text: string): string {
  return text
    .replace(/[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu, '\ufffd')
    .replace(/[&<>"]/g, (character) => ENTITIES[character] ?? character);
}
