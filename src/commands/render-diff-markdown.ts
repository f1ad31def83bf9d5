/** The result of `diff` → Markdown for the description or a comment of a pull request. Pure. */

import type { Change } from '../compare/change.ts';
import type { VersionCheck } from '../compare/check-version.ts';
import type { Movement } from '../compare/movement.ts';
import type { Issue } from '../issue.ts';
import { code, table, text } from '../report/markdown.ts';
import type { DiffResult, NamedSide } from './diff.ts';
import { KIND_WORDS, modelText, stepWords } from './diff-words.ts';
import { memberCells, movementHead, rowText } from './movement-lines.ts';

export function renderDiffMarkdown(result: DiffResult): string {
  const { kind, step, models, changes, version, predictions, issues } = result;
  const verdict = version === null ? `It demands ${stepWords(step)} of the version.` : versionSentence(version);
  const sections = [
    `### ${KIND_WORDS[kind]}: ${sideText(result.old)} → ${sideText(result.new)}`,
    [verdict, ...issues.filter(({ severity }) => severity !== 'info').map(issueLine)].join('\n\n'),
    ...models.map((model) =>
      [`**${text(modelText(model))}**: ${KIND_WORDS[model.kind]}`, changeTable(model.changes)].join('\n\n').trimEnd(),
    ),
    changes.length === 0 ? '' : ['**service**', changeTable(changes)].join('\n\n'),
    predictions === null ? '' : movement(predictions),
    digests(result),
  ];
  return sections.filter((part) => part !== '').join('\n\n');
}

function sideText({ given, commit }: NamedSide): string {
  return commit === null ? code(given) : `${code(given)} (${code(commit.slice(0, 12))})`;
}

function versionSentence({ was, is, demanded, isEnough, atLeast }: VersionCheck): string {
  const steps =
    was === is ? `The version is ${code(is)} as before` : `The version goes from ${code(was)} to ${code(is)}`;
  if (demanded === 'none') return `${steps}, and nothing demands another.`;
  const demand = `the changes demand ${stepWords(demanded)}`;
  return isEnough ? `${steps}; ${demand}, which it took.` : `${steps}; ${demand}: at least ${code(atLeast)}.`;
}

function issueLine({ severity, rule, message, hint }: Issue): string {
  const mark = severity === 'error' ? '❌' : '⚠️';
  return `${mark} \`${rule}\` ${text(message)}${hint === undefined ? '' : ` (${text(hint)})`}`;
}

function changeTable(changes: readonly Change[]): string {
  if (changes.length === 0) return '';
  return table(
    ['step', 'what', 'change'],
    changes.map(({ step, where, message }) => [step, text(where), text(message)]),
  );
}

function movement(predictions: Movement): string {
  const rows = predictions.members.map((member) => memberCells(member).map(text));
  const worst = predictions.worst.map((row) => `- row ${row.row}: ${text(rowText(row))}`);
  return [
    `**predictions**: ${movementHead(predictions)}`,
    table(['member', 'changed', 'largest difference', 'mean difference', 'rank correlation', ''], rows),
    worst.length === 0 ? '' : ['Rows that moved most:', '', ...worst].join('\n'),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

function digests({ models }: DiffResult): string {
  const rows = models.flatMap((model) =>
    (['model', 'graph', 'weights', 'signature'] as const).map((kind) => {
      const [was, is] = [model.was.digests[kind], model.is.digests[kind]];
      return [text(model.is.name), kind, code(was), was === is ? 'same' : code(is)];
    }),
  );
  if (rows.length === 0) return '';
  return `<details><summary>digests</summary>\n\n${table(['model', 'digest', 'old', 'new'], rows)}\n\n</details>`;
}
