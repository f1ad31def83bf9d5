/** Template × answers × model × example → the text files of a project. Pure: nothing is read or written here. */
import { jsonText } from '../service/rows/write-json.ts';
import type { Answers, Example, FilePlan, ProjectModel } from './project-model.ts';
import { fillTemplate, type Template } from './template.ts';
import { modelsSection, settingsSection } from './write-config.ts';
import { askSection, inputsTable, outputsTable } from './write-readme.ts';

export const CONFIG_FILE = 'mlserve.yaml';
export const EXAMPLE_FILE = 'examples/golden.json';
/** How far an answer may be from the golden one: float32 on another CPU. */
const TOLERANCE = { relative: 1e-5 };

export interface ProjectPlan {
  readonly template: Template;
  readonly answers: Answers;
  readonly model: ProjectModel;
}

/** `mlserve.yaml` alone: what is needed to ask the model for the answer to its example. */
export function planConfig(plan: ProjectPlan): FilePlan {
  const file = plan.template.files.find(({ path }) => path === CONFIG_FILE);
  if (file === undefined) throw new Error(`the template has no ${CONFIG_FILE}`);
  return { path: file.path, text: fillTemplate(file.text, configValues(plan)) };
}

/** Every text file but the lock; without an example the README says how to write one. */
export function planProject(plan: ProjectPlan, example: Example | undefined): readonly FilePlan[] {
  const { template, answers, model } = plan;
  const values = {
    ...configValues(plan),
    inputs: inputsTable(model),
    outputs: outputsTable(model),
    ask: askSection(example),
    notes: model.notes.map((note) => `\n${note}\n`).join(''),
    dataFiles: model.dataFiles.map((path) => `models/${path.replaceAll(' ', '[[:space:]]')} binary\n`).join(''),
  };
  const files = template.files.map(({ path, text }) => ({ path, text: fillTemplate(text, values) }));
  return example === undefined ? files : [...files, { path: EXAMPLE_FILE, text: exampleText(answers.name, example) }];
}

function configValues({ answers, model }: ProjectPlan): Readonly<Record<string, string>> {
  return {
    name: answers.name,
    version: answers.version,
    model: model.path,
    models: modelsSection(answers, model),
    settings: settingsSection(answers),
  };
}

function exampleText(name: string, { request, predictions }: Example): string {
  const members = [
    `"name": ${JSON.stringify(`the first answer of ${name}`)}`,
    `"request": ${jsonText(request)}`,
    `"response": {"predictions": ${jsonText(predictions)}}`,
    `"tolerance": ${JSON.stringify(TOLERANCE)}`,
  ];
  return `{\n  ${members.join(',\n  ')}\n}\n`;
}
