/** A report → Markdown for the page of a CI job. */

import { hasErrors, type Issue } from '../issue.ts';
import { visible } from '../visible.ts';
import type { Report, ReportCase } from './report.ts';

/** Longer tables help nobody, and a job's page has a limit of bytes. */
const MOST_ROWS = 200;

/** A row for each case, a column for each of whom was asked; then the findings. */
export function summaryText({ title, verdict, hasPassed, cases, issues }: Report): string {
  const lines = [`### ${hasPassed ? '✅' : '❌'} ${cell(title)}`, '', cell(verdict), ''];
  const suites = [...new Set(cases.map(({ suite }) => suite))];
  const names = [...new Set(cases.map(({ name }) => name))];
  if (cases.length > 0) {
    lines.push(row(['', ...suites.map(cell)]), row(['---', ...suites.map(() => '---')]));
    for (const name of names.slice(0, MOST_ROWS)) {
      lines.push(
        row([
          cell(name),
          ...suites.map((suite) => mark(cases.filter((one) => one.name === name && one.suite === suite))),
        ]),
      );
    }
    if (names.length > MOST_ROWS) lines.push('', `and ${names.length - MOST_ROWS} more`);
    lines.push('');
  }
  if (issues.length > 0) lines.push(row(['', 'rule', 'where', 'finding']), row(['---', '---', '---', '---']));
  for (const issue of issues.slice(0, MOST_ROWS)) lines.push(findingRow(issue));
  if (issues.length > MOST_ROWS) lines.push('', `and ${issues.length - MOST_ROWS} more findings`);
  return `${lines.join('\n').trimEnd()}\n\n`;
}

function mark(cases: readonly ReportCase[]): string {
  if (cases.length === 0) return '–';
  return cases.some(({ issues }) => hasErrors(issues)) ? '❌' : '✅';
}

function findingRow({ severity, rule, where, message, hint }: Issue): string {
  return row([severity, cell(rule), cell(where), cell(hint === undefined ? message : `${message} — ${hint}`)]);
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

/** Names out of files stay text: neither markup, nor HTML, nor the end of a cell. */
function cell(text: string): string {
  return visible(text).replace(/[\\`*_{}[\]<>|#&!~$@]/g, (character) => `&#${character.charCodeAt(0)};`);
}
