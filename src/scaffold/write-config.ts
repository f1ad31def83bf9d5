/** Answers × model → the sections of `mlserve.yaml` that differ from project to project, as YAML text. */
import type { Answers, ProjectModel } from './project-model.ts';
import type { SuggestedColumn, SuggestedFeatures } from './suggest-features.ts';

/** The items of `models`, indented by two. */
export function modelsSection({ name }: Answers, model: ProjectModel): string {
  const lines = [
    ...model.notes.flatMap((note) => wrap(note, '# ')),
    `- name: ${scalar(name)}`,
    `  path: ${scalar(model.path)}`,
    ...(model.features === undefined ? rawComment() : featureLines(model.features).map(indent)),
    ...outputLines(model).map(indent),
    '  # Requests with the answers they must get; "mlserve validate" asks and compares.',
    '  examples: examples/*.json',
  ];
  return lines.map(indent).join('\n');
}

/** `batching` and what else was asked for; empty when nothing was. */
export function settingsSection({ maxRows }: Answers): string {
  if (maxRows === undefined) return '';
  return ['batching:', '  # Most rows in one run of the model.', `  maxRows: ${maxRows}`].join('\n');
}

const indent = (line: string): string => (line === '' ? line : `  ${line}`);

function rawComment(): readonly string[] {
  return [
    '  # No features: requests carry whole tensors. "features" would name the columns of inputs of the shape',
    '  # [N] or [N, C], with types and limits that are checked before the model runs.',
  ];
}

function featureLines({ columns, names }: SuggestedFeatures): readonly string[] {
  const [first] = columns;
  const oneInput = first !== undefined && columns.every(({ input }) => input === first.input);
  const lines = [
    '# What callers send, one entry a column, in the order of the model. Per column also: min, max, unit, pattern,',
  ];
  lines.push('# maxLength, values, onMissing (reject, nan or {impute: 0}) and onUnknown.');
  if (names === 'invented')
    lines.push('# The model does not name its columns: replace f0, f1, … by the names your callers know.');
  if (names === 'metadata') lines.push('# The names are those in the metadata of the model.');
  lines.push('features:');
  if (oneInput) lines.push(`  input: ${scalar(first.input)}`);
  lines.push('  columns:');
  for (const column of columns) lines.push(`    - ${columnText(column, oneInput)}`);
  return lines;
}

/** Labels shown in a comment. */
const MOST_LABELS = 12;

function columnText({ name, type, input, values, known }: SuggestedColumn, oneInput: boolean): string {
  const members = [`name: ${scalar(name)}`, `type: ${type}`];
  if (!oneInput && input !== name) members.push(`input: ${scalar(input)}`);
  if (values !== undefined) members.push(`values: [${values.map(scalar).join(', ')}]`);
  const text = `{${members.join(', ')}}`;
  if (known === undefined) return text;
  const more = known.length > MOST_LABELS ? ', …' : '';
  return `${text} # the model knows: ${known.slice(0, MOST_LABELS).map(scalar).join(', ')}${more}`;
}

function outputLines({ outputs }: ProjectModel): readonly string[] {
  const isPlain = outputs.every(({ name, from, labels }) => name === from && labels === undefined);
  if (isPlain) return [];
  const lines = [
    '# The members of a prediction. "argmax: true" answers the label of the largest value instead of all of them.',
  ];
  lines.push('outputs:');
  for (const { name, from, labels } of outputs) {
    const members = [`name: ${scalar(name)}`, `from: ${scalar(from)}`];
    if (labels !== undefined) members.push(`labels: [${labels.map(scalar).join(', ')}]`);
    lines.push(`  - {${members.join(', ')}}`);
  }
  return lines;
}

/** Words YAML readers take for something else than a string. */
const RESERVED = /^(true|false|null|yes|no|on|off|y|n|nan|inf)$/i;

/** A string as YAML, plain where that is safe inside `{…}` and `[…]` too; JSON's quotes and escapes are YAML's. */
export function scalar(text: string): string {
  return /^[A-Za-z_][\w./-]*$/.test(text) && !RESERVED.test(text) ? text : JSON.stringify(text);
}

const WIDTH = 110;

function wrap(text: string, prefix: string): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/)) {
    if (line !== '' && line.length + word.length >= WIDTH) {
      lines.push(prefix + line);
      line = '';
    }
    line += line === '' ? word : ` ${word}`;
  }
  return line === '' ? lines : [...lines, prefix + line];
}
