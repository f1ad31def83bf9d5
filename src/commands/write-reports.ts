/** The outcome of a test → the reports that were asked for: JUnit XML and SARIF. */
import type { Io } from '../ports.ts';
import { junitXml } from '../report/junit.ts';
import { placeOf, type Report } from '../report/report.ts';
import { sarifText } from '../report/sarif.ts';
import { repositoryPaths } from '../repository-paths.ts';
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
  io: Pick<Io, 'files' | 'cwd' | 'env'>,
): Promise<void> {
  const report: Report = { title: testPage(shown).title, cases, issues, version: VERSION };
  if (junit !== undefined) await io.files.writeAtomic(junit, junitXml(report));
  if (sarif !== undefined) {
    const named = issues.flatMap((issue) => placeOf(issue)?.file ?? []);
    const paths = await repositoryPaths([...named, CONFIG_FILE], dir, io);
    await io.files.writeAtomic(sarif, sarifText(report, { paths, fallback: CONFIG_FILE }));
  }
}
