/** Model × example → the parts of a project's README: tables of what goes in and out, a curl line, the answer. Markdown. */
import { type Dimension, type TensorValue, tensorsOf } from '../model/signature.ts';
import { jsonText } from '../service/rows/write-json.ts';
import type { Example, ProjectModel } from './project-model.ts';

export function inputsTable({ features, signature }: ProjectModel): string {
  if (features === undefined) return tensorTable(tensorsOf(signature.inputs));
  const rows = features.columns.map(({ name, type, values }) => [
    code(name),
    values === undefined ? type : `${type}: ${values.map(code).join(', ')}`,
  ]);
  return table(['feature', 'type'], rows);
}

export function outputsTable({ outputs, signature }: ProjectModel): string {
  const tensors = new Map(tensorsOf(signature.outputs).map((tensor) => [tensor.name, tensor]));
  const rows = outputs.map(({ name, from, labels }) => {
    const tensor = tensors.get(from);
    const values = labels === undefined ? shapeText(tensor?.shape ?? null) : labels.map(code).join(', ');
    return [code(name), code(from), tensor?.elementType ?? '', values];
  });
  return table(['member', 'model output', 'type', 'shape or labels'], rows);
}

/** A request longer than this is not pasted into a shell. */
const LONGEST_LINE = 1500;

/** How to ask the service: a command line that works and its answer; without an example, how to write one. */
export function askSection(example: Example | undefined): string {
  if (example === undefined) {
    return [
      'No request could be made up that the model answers. Write one that works, with its answer, into `examples/golden.json`:',
      '',
      '```json',
      '{"request": {"inputs": {…}}, "response": {"predictions": […]}}',
      '```',
    ].join('\n');
  }
  const asked = ['```sh', curlLine(example), '```'];
  return [...asked, '', 'The predictions of the answer:', '', '```json', answerText(example), '```'].join('\n');
}

/** A command line that works against `mlserve serve` as the project has it. */
function curlLine(example: Example): string {
  const url = 'http://127.0.0.1:8080/predict';
  const body = jsonText(example.request);
  if (body.length > LONGEST_LINE) {
    return `jq .request examples/golden.json | curl -s ${url} -H 'content-type: application/json' -d @-`;
  }
  return `curl -s ${url} -H 'content-type: application/json' -d '${body.replaceAll("'", "'\\''")}'`;
}

/** The predictions, cut where they are long. */
function answerText(example: Example): string {
  const text = jsonText(example.predictions);
  return text.length > LONGEST_LINE ? `${text.slice(0, LONGEST_LINE)} …` : text;
}

function tensorTable(tensors: readonly TensorValue[]): string {
  const rows = tensors.map(({ name, elementType, shape }) => [code(name), elementType, shapeText(shape)]);
  return table(['tensor', 'type', 'shape'], rows);
}

function shapeText(shape: readonly Dimension[] | null): string {
  return shape === null ? 'any' : code(`[${shape.map((dim) => dim ?? '?').join(', ')}]`);
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/** Text as inline code that can stand in a table. */
function code(text: string): string {
  const clean = text.replaceAll('|', '\\|').replace(/\s+/g, ' ');
  return clean.includes('`') ? `\`\` ${clean} \`\`` : `\`${clean}\``;
}
