/** The outcome of a test → the reports that were asked for: JUnit XML, SARIF, and the summary of a CI job. */
import { relative } from 'node:path';
import type { Io } from '../ports.ts';
import { junitXml } from '../report/junit.ts';
import type { Report } from '../report/report.ts';
import { sarifText } from '../report/sarif.ts';
import { summaryText } from '../report/summary.ts';
import { VERSION } from '../version.ts';
import { CONFIG_FILE } from './project.ts';
import { verdictOf } from './render-test.ts';
import type { TestOutcome } from './test-outcome.ts';

export interface ReportOptions {
  readonly dir: string;
  readonly hasPassed: boolean;
  readonly junit?: string | undefined;
  readonly sarif?: string | undefined;
}

/** The summary is added to the file that GitHub names in `GITHUB_STEP_SUMMARY`. */
export async function writeReports(
  { shown, cases, issues }: TestOutcome,
  { dir, hasPassed, junit, sarif }: ReportOptions,
  { files, env, cwd }: Pick<Io, 'files' | 'env' | 'cwd'>,
): Promise<void> {
  const { name, version } = shown.service;
  const title = `mlserve test of ${name} ${version}`;
  const report: Report = { title, verdict: verdictOf(shown), hasPassed, cases, issues, version: VERSION };
  if (junit !== undefined) await files.writeAtomic(junit, junitXml(report));
  if (sarif !== undefined) {
    const folder = relative(cwd, dir).replaceAll('\\', '/');
    const options = { folder: folder === '' ? '' : `${folder}/`, fallback: CONFIG_FILE };
    await files.writeAtomic(sarif, sarifText(report, options));
  }
  const summary = env.GITHUB_STEP_SUMMARY;
  if (summary) await files.append(summary, summaryText(report));
}
