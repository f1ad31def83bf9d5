/** The table of commands → the same as data, each with its flags and what they take. Loads the file of every command. */
import { Command, type Option } from 'commander';
import type { CommandNode, FlagNode, Values } from '../completion/command-tree.ts';
import type { Actions, Entry } from './command-line.ts';

/** Names of values that are paths. */
const FILES = /file|folder|dir|model|project|target|old|new/;

export async function commandTree(
  entries: readonly Entry[],
  actions: Actions,
  above: readonly string[] = [],
): Promise<readonly CommandNode[]> {
  return Promise.all(
    entries.map(async (entry): Promise<CommandNode> => {
      const words = [...above, entry.name];
      const { summary } = entry;
      if ('commands' in entry) {
        const commands = await commandTree(entry.commands, actions, words);
        return { words, summary, commands, flags: [], values: { kind: 'any' } };
      }
      const command = new Command(entry.name);
      (await entry.load()).define(command, actions);
      const [argument] = command.registeredArguments;
      const flags = command.options.map(flagNode);
      return { words, summary, commands: [], flags, values: valuesOf(argument?.name() ?? '', argument?.argChoices) };
    }),
  );
}

function flagNode({ long, short, flags, description, argChoices }: Option): FlagNode {
  const value = /[<[](.*)[>\]]/.exec(flags)?.[1];
  return {
    long: long ?? short ?? '',
    short: long === undefined ? undefined : short,
    description,
    values: value === undefined ? undefined : valuesOf(`${value} ${long === '--out' ? 'file' : ''}`, argChoices),
  };
}

function valuesOf(name: string, choices: readonly string[] | undefined): Values {
  if (choices !== undefined) return { kind: 'words', words: choices };
  return { kind: FILES.test(name) ? 'files' : 'any' };
}
