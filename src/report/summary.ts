/** What a command did × what came of it → Markdown for the page of a CI job. */
import type { Issue } from '../issue.ts';
import { table, text } from './markdown.ts';

/** What a command offers for the page. */
export interface Page {
  /** What was done, as people say it: `mlserve test of fraud 1.4.0`. */
  readonly title: string;
  /** The outcome in one line. */
  readonly verdict: string;
  readonly cases: readonly PageCase[];
}

export interface PageCase {
  /** Who was asked. */
  readonly suite: string;
  readonly name: string;
  readonly hasPassed: boolean;
}

export interface Summary extends Page {
  readonly hasPassed: boolean;
  readonly issues: readonly Issue[];
}

/** Longer tables help nobody, and a job's page has a limit of bytes. */
const MOST_ROWS = 200;

/** A row for each case, a column for each of whom was asked; then the findings. */
export function summaryText({ title, verdict, hasPassed, cases, issues }: Summary): string {
  const sections = [
    `### ${hasPassed ? '✅' : '❌'} ${text(title)}`,
    text(verdict),
    ...caseTable(cases),
    ...findingTable(issues),
  ];
  return `${sections.join('\n\n')}\n\n`;
}

function caseTable(cases: readonly PageCase[]): readonly string[] {
  if (cases.length === 0) return [];
  const suites = [...new Set(cases.map(({ suite }) => suite))];
  const names = [...new Set(cases.map(({ name }) => name))];
  const rows = names
    .slice(0, MOST_ROWS)
    .map((name) => [
      text(name),
      ...suites.map((suite) => mark(cases.filter((one) => one.name === name && one.suite === suite))),
    ]);
  return [table(['', ...suites.map(text)], rows), ...more(names.length, '')];
}

function findingTable(issues: readonly Issue[]): readonly string[] {
  if (issues.length === 0) return [];
  const rows = issues
    .slice(0, MOST_ROWS)
    .map(({ severity, rule, where, message, hint }) => [
      severity,
      ...[rule, where, hint === undefined ? message : `${message} — ${hint}`].map(text),
    ]);
  return [table(['', 'rule', 'where', 'finding'], rows), ...more(issues.length, ' findings')];
}

function mark(cases: readonly PageCase[]): string {
  if (cases.length === 0) return '–';
  return cases.every(({ hasPassed }) => hasPassed) ? '✅' : '❌';
}

function more(count: number, what: string): readonly string[] {
  return count > MOST_ROWS ? [`and ${count - MOST_ROWS} more${what}`] : [];
}
