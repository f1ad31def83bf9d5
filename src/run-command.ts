/** A command's result object × its renderer → stdout, and exit code 1 when the result holds findings of severity error. */
import { EXIT } from './errors.ts';
import { hasErrors, type Issue } from './issue.ts';
import type { Io } from './ports.ts';
import { visibleLines } from './visible.ts';

/** What some commands return among the rest: findings, of which an error ends in exit code 1. */
interface Findings {
  readonly issues?: readonly Issue[];
}

export interface ActionOptions {
  readonly json?: boolean | undefined;
}

/** Runs one action and prints its result: as JSON with `--json`, as `render` writes it otherwise (nothing for empty text). */
export type Act = <T extends object>(
  options: ActionOptions,
  work: () => Promise<T>,
  render: (result: T) => string,
) => Promise<void>;

/** The runner of every action in `command-line/`. Errors pass through to `main.ts`. */
export function actionRunner(io: Io, setExitCode: (code: number) => void): Act {
  return async (options, work, render) => {
    const result = await work();
    // Names out of a model or project file reach a terminal in either form.
    const text = visibleLines(options.json ? JSON.stringify(result, plain, 2) : render(result));
    if (text !== '') await io.terminal.out(text.endsWith('\n') ? text : `${text}\n`);
    const { issues = [] } = result as Findings;
    if (hasErrors(issues)) setExitCode(EXIT.findings);
  };
}

/** 64-bit integers as JSON numbers where a double holds them exactly, as strings beyond. */
function plain(_key: string, value: unknown): unknown {
  if (typeof value !== 'bigint') return value;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value.toString();
}
