/** What came of a command in a job of GitHub Actions → annotations in its log, outputs of its step, and a section of the job's page. */
import { EXIT, MlserveError } from './errors.ts';
import type { Issue } from './issue.ts';
import type { Io } from './ports.ts';
import { formatError } from './render-error.ts';
import { placeOf } from './report/report.ts';
import { type Page, summaryText } from './report/summary.ts';
import { annotationLines, outputLines } from './report/workflow-commands.ts';
import { repositoryPaths } from './repository-paths.ts';
import { visible } from './visible.ts';

export interface ToldCommand {
  readonly words: readonly string[];
  readonly project?: string;
  readonly result?: object;
  /** Its own; else a verdict is made of the exit code and outputs. */
  readonly page?: Page;
  readonly code: number;
  readonly error?: { readonly thrown: unknown } | undefined;
}

/** Files that cannot be written are a warning: the command has done what it was asked for. */
export async function tellGithub(
  command: ToldCommand,
  io: Pick<Io, 'cwd' | 'env' | 'files' | 'terminal'>,
): Promise<void> {
  const { env, files, terminal } = io;
  const { GITHUB_OUTPUT = '', GITHUB_STEP_SUMMARY = '' } = env;
  const issues = issuesOf(command);
  const named = issues.flatMap((issue) => placeOf(issue)?.file ?? []);
  for (const line of annotationLines(issues, await repositoryPaths(named, command.project, io))) terminal.error(line);
  const outputs = outputsOf(command);
  try {
    if (GITHUB_OUTPUT !== '' && outputs !== undefined) await files.append(GITHUB_OUTPUT, outputLines(outputs));
    if (GITHUB_STEP_SUMMARY !== '') {
      const { code, page = pageOf(command, outputs) } = command;
      await files.append(GITHUB_STEP_SUMMARY, summaryText({ ...page, hasPassed: code === EXIT.done, issues }));
    }
  } catch (error) {
    terminal.warn(`GitHub was not told: ${visible(formatError(error))}`);
  }
}

/** Of the result, or of what was thrown, which is a finding of its own. */
function issuesOf({ result, error }: ToldCommand): readonly Issue[] {
  const { issues = [] } = (result ?? {}) as { readonly issues?: readonly Issue[] };
  if (error === undefined) return issues;
  const { thrown } = error;
  if (!(thrown instanceof MlserveError)) {
    return [{ rule: 'INTERNAL', severity: 'error', where: 'mlserve', message: formatError(thrown) }];
  }
  const { code, where = 'mlserve', message, hint } = thrown;
  return [{ rule: code, severity: 'error', where, message, ...(hint !== undefined && { hint }) }, ...thrown.issues];
}

/** Of what was built or compared; undefined where later steps have nothing to read. */
function outputsOf({ words, result }: ToldCommand): Readonly<Record<string, string | null>> | undefined {
  const { image, digest, service, kind, step } = (result ?? {}) as Readonly<Record<string, unknown>>;
  const text = (value: unknown): string | null => (typeof value === 'string' ? value : null);
  switch (words.join(' ')) {
    case 'build image':
      if (service === undefined) return undefined;
      return {
        image: text(image),
        digest: text(digest),
        version: text((service as { readonly version?: unknown }).version),
      };
    case 'diff':
      return kind === undefined ? undefined : { kind: text(kind), step: text(step) };
    default:
      return undefined;
  }
}

function pageOf({ words, code }: ToldCommand, outputs: ReturnType<typeof outputsOf>): Page {
  const said = Object.entries(outputs ?? {}).flatMap(([name, value]) => (value === null ? [] : [`${name}: ${value}`]));
  const verdict = [code === EXIT.done ? 'done' : `exit code ${code}`, ...said].join(' · ');
  return { title: ['mlserve', ...words].join(' '), verdict, cases: [] };
}
