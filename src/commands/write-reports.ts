/** The outcome of a test → the reports that were asked for: JUnit XML and SARIF. */
import { relative } from 'node:path';
import type { Io } from '../ports.ts';
import { junitXml } from '../report/junit.ts';
import type { Report } from '../report/report.ts';
import { sarifText } from '../report/sarif.ts';
import { VERSION } from '../version.ts';
import { CONFIG_FILE } from './project.ts';
import { testPage } from './render-test.ts';
import type { TestOutcome } from './test-outcome.ts';

export interface ReportOptions {
  readonly dir: string;
  readonly junit?: string | undefined;
  readonly sarif?: string | undefined;
}

export async function writeReports(
  { shown, cases, issues }: TestOutcome,
  { dir, junit, sarif }: ReportOptions,
  { files, cwd }: Pick<Io, 'files' | 'cwd'>,
): Promise<void> {
  const report: Report = { title: testPage(shown).title, cases, issues, version: VERSION };
  if (junit !== undefined) await files.writeAtomic(junit, junitXml(report));
  if (sarif !== undefined) {
    const folder = relative(cwd, dir).replaceAll('\\', '/');
    const options = { folder: folder === '' ? '' : `${folder}/`, fallback: CONFIG_FILE };
    await files.writeAtomic(sarif, sarifText(report, options));
  }
}
