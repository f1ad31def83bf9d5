/** A project → its golden examples, asked one after the other of the service in this process. */
import { join } from 'node:path';
import type { Issue } from '../issue.ts';
import type { Io } from '../ports.ts';
import { askExample } from './ask-example.ts';
import type { Project } from './project.ts';
import type { ServedModels } from './served-models.ts';
import { startInProcess } from './start-in-process.ts';

export interface ExampleRun {
  readonly asked: number;
  readonly passed: number;
  readonly issues: readonly Issue[];
}

/** Asks every file that the patterns of every model match, in the order of their names. `served` has been read of the project. */
export async function runExamples(project: Project, served: ServedModels, io: Io): Promise<ExampleRun> {
  const service = await startInProcess(project, io, { frozen: false, served });
  const issues: Issue[] = [];
  let asked = 0;
  let passed = 0;
  try {
    for (const model of service.models) {
      for (const pattern of model.spec.examples) {
        const files = await io.files.glob(project.dir, pattern);
        if (files.length === 0) issues.push(noneFound(pattern));
        for (const file of files) {
          const text = await io.files.readText(join(project.dir, file));
          const found = await askExample({ file, text }, model, service.handler);
          asked++;
          if (found.length === 0) passed++;
          issues.push(...found);
        }
      }
    }
  } finally {
    await service.close();
  }
  return { asked, passed, issues };
}

function noneFound(pattern: string): Issue {
  return {
    rule: 'golden.none',
    severity: 'warning',
    where: 'mlserve.yaml',
    message: `no file matches examples: ${pattern}`,
    hint: 'write a golden example, so that a changed answer is noticed',
  };
}
