/** The result of `diff` → text for people. Pure. */

import type { Change } from '../compare/change.ts';
import type { VersionCheck } from '../compare/check-version.ts';
import type { PairDifference } from '../compare/compare-sides.ts';
import type { Movement } from '../compare/movement.ts';
import { renderIssues } from '../issue.ts';
import type { DiffResult, NamedSide } from './diff.ts';
import { KIND_WORDS, modelText, stepWords } from './diff-words.ts';
import { memberCells, movementHead, rowText } from './movement-lines.ts';
import { textTable } from './text-table.ts';

export function renderDiff(result: DiffResult): string {
  const { kind, models, changes, version, predictions, issues } = result;
  const sections = [
    `${sideText(result.old)} → ${sideText(result.new)}: ${KIND_WORDS[kind]}`,
    ...models.map((model) =>
      [
        `model ${modelText(model)}: ${KIND_WORDS[model.kind]}`,
        ...changeLines(model.changes),
        ...digestLines(model),
      ].join('\n'),
    ),
    changes.length === 0 ? '' : ['service', ...changeLines(changes)].join('\n'),
    [...versionLines(version, 'version'), ...models.flatMap((each) => versionLines(each.version, each.is.name))].join(
      '\n',
    ),
    version === null ? `demands ${stepWords(result.step)} of the version` : '',
    predictions === null ? '' : movementLines(predictions).join('\n'),
    issues.length === 0 ? '' : renderIssues(issues),
  ];
  return sections.filter((text) => text !== '').join('\n\n');
}

function movementLines(predictions: Movement): readonly string[] {
  const head = ['', 'changed', 'largest', 'mean', 'rank correlation', ''];
  return [
    `predictions: ${movementHead(predictions)}`,
    ...textTable([head, ...predictions.members.map(memberCells)], [2, 3, 4]).map((line) => `  ${line}`),
    ...(predictions.worst.length === 0 ? [] : ['rows that moved most']),
    ...predictions.worst.map((row) => `  row ${row.row}: ${rowText(row)}`),
  ];
}

function sideText({ given, commit }: NamedSide): string {
  return commit === null ? given : `${given} (${commit.slice(0, 12)})`;
}

function changeLines(changes: readonly Change[]): readonly string[] {
  return changes.map(({ step, where, message }) => `  ${step.padEnd(5)}  ${where}: ${message}`);
}

function digestLines({ was, is }: PairDifference): readonly string[] {
  return textTable(
    (['model', 'graph', 'weights', 'signature'] as const).map((digest) => [
      `  ${digest}`,
      was.digests[digest] === is.digests[digest] ? 'same' : 'differs',
      short(was.digests[digest]),
      was.digests[digest] === is.digests[digest] ? '' : `→ ${short(is.digests[digest])}`,
    ]),
  );
}

function short(digest: string): string {
  return digest.slice(0, 'sha256:'.length + 12);
}

function versionLines(check: VersionCheck | null, what: string): readonly string[] {
  if (check === null) return [];
  const { was, is, taken, demanded, isEnough, atLeast } = check;
  const steps = was === is ? is : `${was} → ${is} (${taken})`;
  if (demanded === 'none') return [`${what}: ${steps}, and nothing demands another`];
  return [`${what}: ${steps}, demands ${stepWords(demanded)}: ${isEnough ? 'taken' : `at least ${atLeast}`}`];
}
