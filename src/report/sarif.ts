/** Findings → SARIF 2.1.0, as code scanning reads it. Nothing in it says when or where it was made. */
import type { Issue, Severity } from '../issue.ts';
import { placeOf, type Report } from './report.ts';

const LEVELS: Readonly<Record<Severity, string>> = { error: 'error', warning: 'warning', info: 'note' };

export interface SarifOptions {
  /** The files that findings name, each from the root of the repository. */
  readonly paths: ReadonlyMap<string, string>;
  /** The file, one of these, that findings about no file are put on, for a reader that shows nothing without one. */
  readonly fallback: string;
}

export function sarifText({ issues, version }: Pick<Report, 'issues' | 'version'>, options: SarifOptions): string {
  const rules = [...new Set(issues.map(({ rule }) => rule))].sort();
  const driver = {
    name: 'mlserve',
    semanticVersion: version,
    rules: rules.map((id) => ({ id, shortDescription: { text: id } })),
  };
  const results = issues.map((issue) => ({
    ruleId: issue.rule,
    ruleIndex: rules.indexOf(issue.rule),
    level: LEVELS[issue.severity],
    message: { text: issue.hint === undefined ? issue.message : `${issue.message}\nfix: ${issue.hint}` },
    locations: [location(issue, options)],
  }));
  const run = { tool: { driver }, columnKind: 'utf16CodeUnits', results };
  const log = { $schema: 'https://json.schemastore.org/sarif-2.1.0.json', version: '2.1.0', runs: [run] };
  return `${JSON.stringify(log, undefined, 2)}\n`;
}

function location(issue: Issue, { paths, fallback }: SarifOptions): object {
  const { file = fallback, line, column, pointer } = placeOf(issue) ?? {};
  const region = { startLine: line ?? 1, ...(column === undefined ? {} : { startColumn: column }) };
  const isElsewhere = placeOf(issue) === undefined;
  const logical = isElsewhere ? issue.where : pointer;
  return {
    physicalLocation: { artifactLocation: { uri: encodeURI(paths.get(file) ?? file) }, region },
    ...(logical === undefined ? {} : { logicalLocations: [{ fullyQualifiedName: logical }] }),
  };
}
