/** Commands → the script by which fish completes them. Pure. */
import { allCommands, type CommandNode, nameOf, type Values } from './command-tree.ts';

const quoted = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;

export function fishCompletion(commands: readonly CommandNode[]): string {
  const all = allCommands(commands);
  const paths = all.map(({ words }) => quoted(words.join(' '))).join(' ');
  return [
    '# Completion of mlserve for fish: mlserve completion fish > ~/.config/fish/completions/mlserve.fish',
    '# Whether the words of the command line so far lead to this command.',
    'function __mlserve_at',
    '  set -l path',
    '  for word in (commandline -opc)[2..-1]',
    `    contains -- (string join ' ' -- $path $word) ${paths}; or break`,
    '    set -a path $word',
    '  end',
    '  test "$path" = "$argv"',
    'end',
    'complete -c mlserve -f',
    ...words([], commands),
    "complete -c mlserve -n '__mlserve_at' -a help -d 'show how a command is used'",
    ...all.flatMap((command) => [
      ...words(command.words, command.commands),
      ...flags(command),
      ...(command.commands.length > 0 ? [] : [line(command.words, takes(command.values))]),
    ]),
    '',
  ].join('\n');
}

function line(path: readonly string[], rest: string): string {
  return `complete -c mlserve -n ${quoted(['__mlserve_at', ...path].join(' '))} ${rest}`;
}

function words(path: readonly string[], commands: readonly CommandNode[]): readonly string[] {
  return commands.map((command) => line(path, `-a ${nameOf(command)} -d ${quoted(command.summary)}`));
}

function flags({ words: path, flags: all }: CommandNode): readonly string[] {
  return all.map(({ long, short, description, values }) => {
    const names = `-l ${long.slice(2)}${short === undefined ? '' : ` -s ${short.slice(1)}`}`;
    return line(path, `${names} -d ${quoted(description)}${values === undefined ? '' : ` -r ${takes(values)}`}`);
  });
}

function takes(values: Values): string {
  if (values.kind === 'words') return `-f -a ${quoted(values.words.join(' '))}`;
  return values.kind === 'files' ? '-F' : '-f';
}
