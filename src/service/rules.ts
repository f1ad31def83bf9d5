/** The service as written → what its parts have against each other. What the schema can say alone is not repeated here. */
import { findColumnIssues } from './column-rules.ts';
import type { ConfigFinding, ConfigPath } from './config-path.ts';
import type { WrittenFeatures, WrittenLabel, WrittenModel, WrittenOutput, WrittenService } from './written.ts';

type Report = (path: ConfigPath, rule: string, message: string, hint: string) => void;

/** All findings, in the order of the file. Values the schema refused are absent here and judged by nobody. */
export function findRuleIssues(written: WrittenService): readonly ConfigFinding[] {
  const findings: ConfigFinding[] = [];
  const report: Report = (path, rule, message, hint) => {
    findings.push({ path, rule, severity: 'error', message, hint });
  };
  const models = written.models ?? [];
  const versionOf = (model: WrittenModel): string => model.version ?? written.version ?? '';
  findTwice(
    models.map((model) => model.name && `${model.name} ${versionOf(model)}`),
    (at, name) =>
      report(
        ['models', at, 'name'],
        'config.duplicate-model',
        `two models are called "${name}"`,
        'rename one, or give it another version',
      ),
  );
  models.forEach((model, at) => {
    checkPaths(model, ['models', at], report);
    if (model.features !== undefined) {
      const path = ['models', at, 'features'];
      findings.push(...featureFindings(model.features, path));
    }
    if (model.outputs !== undefined) checkOutputs(model.outputs, ['models', at, 'outputs'], report);
  });
  return findings;
}

function checkPaths(model: WrittenModel, path: ConfigPath, report: Report): void {
  const { examples } = model;
  const isList = typeof examples === 'object';
  const named: (readonly [ConfigPath, string | undefined])[] = [
    [[...path, 'path'], model.path],
    ...[examples ?? []].flat().map((one, at) => [[...path, 'examples', ...(isList ? [at] : [])], one] as const),
  ];
  for (const [place, value] of named) {
    if (value === undefined || !escapesProject(value)) continue;
    report(
      place,
      'config.path-escapes',
      `"${value}" is not a path inside the project folder`,
      'write a path relative to mlserve.yaml, with "/" between folders and without leading "../"',
    );
  }
}

/** Absolute, with a drive letter or backslashes, or climbing out with `..`. */
function escapesProject(path: string): boolean {
  if (/^([/\\~]|[A-Za-z]:)|[\\\0]/.test(path)) return true;
  let depth = 0;
  for (const part of path.split('/')) {
    if (part === '..') depth--;
    else if (part !== '.' && part !== '') depth++;
    if (depth < 0) return true;
  }
  return depth === 0;
}

function featureFindings({ columns = [] }: WrittenFeatures, path: ConfigPath): readonly ConfigFinding[] {
  const findings: ConfigFinding[] = [];
  findTwice(
    columns.map(({ name }) => name),
    (at, name) =>
      findings.push({
        path: [...path, 'columns', at, 'name'],
        rule: 'config.duplicate-column',
        severity: 'error',
        message: `two columns are called "${name}"`,
        hint: 'rename one: requests name features, so each needs a name of its own',
      }),
  );
  columns.forEach((column, at) => {
    findings.push(...findColumnIssues(column, [...path, 'columns', at]));
  });
  return findings;
}

function checkOutputs(outputs: readonly WrittenOutput[], path: ConfigPath, report: Report): void {
  findTwice(
    outputs.map(({ name }) => name),
    (at, name) =>
      report([...path, at, 'name'], 'config.duplicate-output', `two outputs are called "${name}"`, 'rename one'),
  );
  outputs.forEach(({ labels = [] }, at) => {
    findTwice(labels.map(labelText), (position, label) =>
      report(
        [...path, at, 'labels', position],
        'config.duplicate-label',
        `the label "${label}" is there twice`,
        'give every position its own label',
      ),
    );
  });
}

/** Calls back for every name that was there before. */
function findTwice(names: readonly (string | undefined)[], found: (at: number, name: string) => void): void {
  const seen = new Set<string>();
  names.forEach((name, at) => {
    if (name === undefined) return;
    if (seen.has(name)) found(at, name);
    seen.add(name);
  });
}

/** A label as text: YAML reads `1` and `true` as a number and a boolean. */
export function labelText(label: WrittenLabel): string {
  return String(label);
}
