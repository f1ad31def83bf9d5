/** A command's result object × its renderer → stdout, and exit code 1 when the result holds findings of severity error. */
import { EXIT } from './errors.ts';
import { hasErrors, type Issue } from './issue.ts';
import { plainJson } from './plain-json.ts';
import type { Io } from './ports.ts';
import type { Page } from './report/summary.ts';
import { visibleLines } from './visible.ts';

/** What some commands return among the rest: findings, of which an error ends in exit code 1. */
interface Findings {
  readonly issues?: readonly Issue[];
}

export interface ActionOptions {
  readonly json?: boolean | undefined;
  /** Members of the result that go to standard output and nowhere else. */
  readonly secrets?: readonly string[];
}

/** What becomes known of a command while it runs; `main.ts` records it. */
export interface CommandRun {
  /** Its words, as far as the command line was understood. */
  readonly words: string[];
  /** The folder of its project as it was named, where it has one. */
  project?: string;
  /** Without its secrets. */
  result?: object;
  /** For the page of a CI job, where the command has more to say there than its verdict and findings. */
  page?: Page;
}

/** Runs one action and prints its result: as JSON with `--json`, as `render` writes it otherwise (nothing for empty text). */
export type Act = <T extends object>(
  options: ActionOptions,
  work: () => Promise<T>,
  render: (result: T) => string,
  page?: (result: T) => Page,
) => Promise<void>;

/** The runner of every action in `command-line/`. Errors pass through to `main.ts`. */
export function actionRunner(io: Io, command: CommandRun, setExitCode: (code: number) => void): Act {
  return async ({ json, secrets = [] }, work, render, page) => {
    const result = await work();
    command.result = Object.fromEntries(Object.entries(result).filter(([name]) => !secrets.includes(name)));
    if (page !== undefined) command.page = page(result);
    // Names out of a model or project file reach a terminal in either form.
    const text = visibleLines(json ? JSON.stringify(result, plainJson, 2) : render(result));
    if (text !== '') await io.terminal.out(text.endsWith('\n') ? text : `${text}\n`);
    const { issues = [] } = result as Findings;
    if (hasErrors(issues)) setExitCode(EXIT.findings);
  };
}
