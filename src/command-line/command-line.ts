/** What the file of a command exports, and the texts and values that several command lines share. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { CommandNode } from '../completion/command-tree.ts';
import type { Io } from '../ports.ts';
import type { Act } from '../run-command.ts';

/** What an action works with. */
export interface Actions {
  readonly io: Io;
  readonly act: Act;
  /** Every command of the program, as data. */
  tree(): Promise<readonly CommandNode[]>;
}

/** A command of the table of `program.ts`: what `--help` lists, and its own file or the commands below it. */
export type Entry = {
  readonly name: string;
  readonly summary: string;
} & ({ readonly load: () => Promise<CommandLine> } | { readonly commands: readonly Entry[] });

/** A file of this folder: it gives a command its arguments, flags, examples and action. The action imports the command's code. */
export interface CommandLine {
  define(command: Command, actions: Actions): void;
}

export const PROJECT = 'the folder that holds mlserve.yaml';
export const PROJECT_OR_MODEL = 'a project folder or an ONNX file';
export const JSON_RESULT = 'print the result as one JSON object';

/** The block of examples that ends a command's help. */
export function examples(...lines: readonly string[]): string {
  return `\nExamples:\n${lines.map((line) => `  $ ${line}`).join('\n')}`;
}

/** A flag that takes one of a few words. */
export function choice(flags: string, description: string, words: readonly string[]): Option {
  return new Option(flags, description).choices(words);
}

/** Formats of rows, and of what is predicted of them. */
export const ROW_FORMATS = ['ndjson', 'json', 'csv'] as const;

export function inputFormat(): Option {
  return choice('--input-format <format>', 'format of the rows (default: by file name, else ndjson)', ROW_FORMATS);
}

export function positiveInteger(text: string): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value > 0 && value <= 1_000_000) return value;
  throw new InvalidArgumentError('It must be a whole number from 1 to 1000000.');
}

/** An empty variable of a script must not mean the working folder. */
export function folderName(text: string): string {
  if (text !== '') return text;
  throw new InvalidArgumentError('It must name a folder; "." is the working folder.');
}

export function portNumber(text: string): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value <= 65_535) return value;
  throw new InvalidArgumentError('It must be a number from 0 to 65535.');
}

/** Of the requests that a canary gets: all of them are a promotion. */
export function percent(text: string): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value < 100) return value;
  throw new InvalidArgumentError('It must be a whole number from 0 to 99; "--promote" gives it everything.');
}

export function portOrOff(text: string): number | 'off' {
  return text === 'off' ? 'off' : portNumber(text);
}

/** Renders a result that the command has printed itself. */
export const nothing = (): string => '';
