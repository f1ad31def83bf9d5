/**
 * Findings and values → what GitHub Actions understands: lines that become annotations of the files, and the outputs of a step. The forms are those of
 * https://docs.github.com/actions/reference/workflow-commands-for-github-actions.
 */
import type { Issue } from '../issue.ts';
import { placeOf } from './report.ts';

/** The gravest first. Infos ask for nothing, and would be there on every run. */
const LEVELS = ['error', 'warning'] as const;
/** GitHub shows ten of a kind for each step; what is beyond is in the log. */
const MOST = 10;

/** A line for each error and warning. `paths`: the files that findings name, each from the root of the repository. */
export function annotationLines(issues: readonly Issue[], paths: ReadonlyMap<string, string>): readonly string[] {
  return LEVELS.flatMap((severity) =>
    issues
      .filter((issue) => issue.severity === severity)
      .slice(0, MOST)
      .map((issue) => annotation(issue, paths)),
  );
}

function annotation(issue: Issue, paths: ReadonlyMap<string, string>): string {
  const { severity, rule, where, message, hint } = issue;
  const place = placeOf(issue);
  const file = place && {
    file: paths.get(place.file) ?? place.file,
    line: place.line,
    col: place.column,
  };
  const properties = Object.entries({ ...file, title: rule })
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${escapeProperty(String(value))}`);
  const said = `${place === undefined || place.pointer !== undefined ? `${where}: ` : ''}${message}`;
  return `::${severity} ${properties.join(',')}::${escapeText(hint === undefined ? said : `${said}\n${hint}`)}`;
}

function escapeText(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeText(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}

/** Lines for the file that `GITHUB_OUTPUT` names. Values have one line; what is null is the empty text. */
export function outputLines(values: Readonly<Record<string, string | null>>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name}=${(value ?? '').replace(/[\r\n]+/g, ' ')}\n`)
    .join('');
}
