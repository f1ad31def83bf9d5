/** `mlserve test`: golden examples or rows × the models in this process, images and URLs → whether all answer alike, and as they should. */
import { absentLock } from '../lock/absent-lock.ts';
import type { Io } from '../ports.ts';
import { askAll } from './ask-all.ts';
import { chooseModel } from './choose-model.ts';
import { interruptible } from './interruptible.ts';
import { openTargets } from './open-targets.ts';
import { requireOutputFiles } from './output-files.ts';
import { openProject } from './project.ts';
import { readTimeout } from './read-timeout.ts';
import { rowCases } from './row-cases.ts';
import { goldenCases, nothingAsked } from './test-cases.ts';
import { requireSense, type TestOptions } from './test-flags.ts';
import { testResult } from './test-outcome.ts';
import type { TestResult } from './test-result.ts';
import { writeReports } from './write-reports.ts';

export async function test(options: TestOptions, io: Io): Promise<TestResult> {
  requireSense(options);
  await requireOutputFiles({ '--junit': options.junit, '--sarif': options.sarif }, io);
  const { file, model, local } = options;
  const [images, urls] = [[...new Set(options.image)], [...new Set(options.url)]];
  const opened = await openProject(options.project, {}, io);
  const project = model === undefined && file === undefined ? opened : chooseModel(opened, model);
  const { dir, spec, lock } = project;
  const ca = options.ca === undefined ? undefined : await io.files.readText(options.ca);
  const remote = { apiKey: options.apiKey ?? io.env.MLSERVE_API_KEY, ca, timeoutMs: readTimeout(options.timeout) };
  return interruptible(io, async (signal) => {
    const { models, targets, close } = await openTargets(project, { local, images, urls, remote }, signal, io);
    try {
      const rows = { inputFormat: options.inputFormat, expected: options.expected };
      const [first] = models;
      const gathered =
        file === undefined || first === undefined
          ? await goldenCases({ dir, models, isUpdate: options.update }, io)
          : { cases: await rowCases({ file, ...rows }, { spec, model: first, signal }, io), issues: [] };
      const asked = await askAll({ ...gathered, models, targets, dir }, options, io);
      const absent = lock === undefined ? [absentLock('warning')] : [];
      const issues = [...absent, ...gathered.issues, ...nothingAsked(gathered.cases)];
      const result = testResult({ spec, targets, ...asked, issues });
      await writeReports(result, { ...options, dir }, io);
      return result.shown;
    } finally {
      await close();
    }
  });
}
