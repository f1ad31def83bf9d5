/** Answers of `init` → a whole project in a folder: model, configuration, example, schema, lock. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Issue } from '../issue.ts';
import type { LockedModel } from '../lock/lock.ts';
import type { Io } from '../ports.ts';
import { planConfig, planProject } from '../scaffold/plan-project.ts';
import type { FilePlan } from '../scaffold/project-model.ts';
import { readTemplate } from '../scaffold/template.ts';
import { schemaText } from '../service/schema.ts';
import type { InitAnswers } from './init-answers.ts';
import { firstExample } from './init-example.ts';
import { stageModel } from './init-model.ts';
import { lock } from './lock.ts';

export interface FilledProject {
  readonly models: readonly Pick<LockedModel, 'name' | 'version' | 'digests'>[];
  readonly notes: readonly string[];
  /** Findings about the model below error. */
  readonly issues: readonly Issue[];
}

/** In the package, from `src/` and from `dist/` alike. */
const TEMPLATE = fileURLToPath(new URL('../../templates/service', import.meta.url));

const NO_EXAMPLE =
  'The model answers no request that could be made up for it, so there is no golden example yet: put a request that works and its answer into examples/.';

export interface FillTarget {
  readonly folder: string;
  /** Aborted: nobody waits any more. */
  readonly signal: AbortSignal;
}

/** Throws MODEL_INVALID for a model that cannot be served; the folder is then not fit for anything. */
export async function fillProject(
  answers: InitAnswers,
  { folder, signal }: FillTarget,
  io: Io,
): Promise<FilledProject> {
  const { files, terminal } = io;
  const write = ({ path, text }: FilePlan): Promise<void> => files.writeAtomic(join(folder, path), text);
  const template = await readTemplate(await files.readText(join(TEMPLATE, 'template.json')), (name) =>
    files.readText(join(TEMPLATE, name)),
  );
  const { model, issues } = await terminal.step(`examining ${answers.modelFile}`, () =>
    stageModel(answers, folder, io),
  );
  signal.throwIfAborted();
  const plan = { template, answers, model };
  await write(planConfig(plan));
  const example = await terminal.step('asking it for a first answer', () => firstExample(folder, model, io));
  signal.throwIfAborted();
  for (const file of planProject(plan, example)) await write(file);
  await write({ path: '.mlserve/schema.json', text: schemaText() });
  const locked = await lock({ project: folder, check: false, frozen: false, dryRun: false }, io);
  const models = locked.models.map(({ name, version, digests }) => ({ name, version, digests }));
  return { models, notes: example === undefined ? [...model.notes, NO_EXAMPLE] : model.notes, issues };
}
