/** The commands of the program as data: what a shell can complete. Types only. */

/** What may stand in the place of a value. */
export type Values = { readonly kind: 'words'; readonly words: readonly string[] } | { readonly kind: 'files' | 'any' };

export interface FlagNode {
  /** `--format` */
  readonly long: string;
  /** `-f` */
  readonly short: string | undefined;
  readonly description: string;
  /** Undefined for a flag without a value. */
  readonly values: Values | undefined;
}

export interface CommandNode {
  /** `build image` */
  readonly words: readonly string[];
  readonly summary: string;
  /** The commands below it. */
  readonly commands: readonly CommandNode[];
  readonly flags: readonly FlagNode[];
  /** Of its arguments. */
  readonly values: Values;
}

/** Every command, those above before those below. */
export function allCommands(commands: readonly CommandNode[]): readonly CommandNode[] {
  return commands.flatMap((command) => [command, ...allCommands(command.commands)]);
}

export const nameOf = ({ words }: CommandNode): string => words.at(-1) ?? '';
