/** A project → its golden examples, asked one after the other of the service in this process, or of another. */
import { join } from 'node:path';
import type { Issue } from '../issue.ts';
import type { Io } from '../ports.ts';
import type { Handler } from '../server/contract.ts';
import { askExample } from './ask-example.ts';
import type { AskedModel } from './ask-predict.ts';
import type { Project } from './project.ts';
import type { ServedModels } from './served-models.ts';
import { startInProcess } from './start-in-process.ts';

export interface ExampleRun {
  readonly asked: number;
  readonly passed: number;
  readonly issues: readonly Issue[];
}

/** Loads the models in this process and asks. `served` has been read of the project. */
export async function runExamples(project: Project, served: ServedModels, io: Io): Promise<ExampleRun> {
  const service = await startInProcess(project, io, { frozen: false, served });
  try {
    return await askExamples(project.dir, service.models, service.handler, io);
  } finally {
    await service.close();
  }
}

/** Asks every file that the patterns of every model match, in the order of their names. */
export async function askExamples(
  dir: string,
  models: readonly AskedModel[],
  handler: Pick<Handler, 'handle'>,
  io: Pick<Io, 'files'>,
): Promise<ExampleRun> {
  const issues: Issue[] = [];
  let asked = 0;
  let passed = 0;
  for (const model of models) {
    for (const pattern of model.spec.examples) {
      const files = await io.files.glob(dir, pattern);
      if (files.length === 0) issues.push(noneFound(pattern));
      for (const file of files) {
        const found = await askExample({ file, text: await io.files.readText(join(dir, file)) }, model, handler);
        asked++;
        if (found.length === 0) passed++;
        issues.push(...found);
      }
    }
  }
  return { asked, passed, issues };
}

export function noneFound(pattern: string): Issue {
  return {
    rule: 'golden.none',
    severity: 'warning',
    where: 'mlserve.yaml',
    message: `no file matches examples: ${pattern}`,
    hint: 'write a golden example, so that a changed answer is noticed',
  };
}
