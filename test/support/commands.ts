/** The table of commands → each that does something, as commander knows it. */
import { Command } from 'commander';
import type { Entry } from '../../src/command-line/command-line.ts';
import type { Io } from '../../src/ports.ts';
import { COMMANDS } from '../../src/program.ts';

export interface Leaf {
  readonly words: readonly string[];
  readonly command: Command;
}

/** Every command that does something, with its words: `fix zipmap`. Defining one touches nothing of `io`. */
export async function leaves(
  entries: readonly Entry[] = COMMANDS,
  above: readonly string[] = [],
): Promise<readonly Leaf[]> {
  const each = entries.map(async (entry): Promise<readonly Leaf[]> => {
    const words = [...above, entry.name];
    if ('commands' in entry) return leaves(entry.commands, words);
    const command = new Command(entry.name);
    (await entry.load()).define(command, { io: {} as Io, act: async () => {}, tree: async () => [] });
    return [{ words, command }];
  });
  return (await Promise.all(each)).flat();
}
