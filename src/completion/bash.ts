/** Commands → the script by which bash completes them. Also of bash 3.2, which macOS has. Pure. */
import { allCommands, type CommandNode, nameOf } from './command-tree.ts';

const offer = (words: readonly string[]): string =>
  `COMPREPLY=($(compgen -W ${quoted(words.join(' '))} -- "$current"))`;
const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

export function bashCompletion(commands: readonly CommandNode[]): string {
  const all = allCommands(commands);
  const below = (command: CommandNode | undefined): readonly string[] => (command?.commands ?? commands).map(nameOf);
  const paths = all.map(({ words }) => quoted(words.join(' '))).join('|');
  const values = all.flatMap(({ words, flags }) =>
    flags.flatMap(({ long, short, values }) => {
      if (values === undefined) return [];
      const names = [long, ...(short === undefined ? [] : [short])].map((name) => quoted(`${words.join(' ')} ${name}`));
      // Without an answer bash completes the names of files.
      return [`    ${names.join('|')}) ${values.kind === 'words' ? `${offer(values.words)}; ` : ''}return ;;`];
    }),
  );
  const rest = all.flatMap((command) => {
    const flags = command.flags.map(({ long }) => long);
    const words =
      command.commands.length > 0 ? below(command) : command.values.kind === 'words' ? command.values.words : [];
    return [
      `    ${quoted(command.words.join(' '))})`,
      `      if [[ $current == -* ]]; then ${offer(flags)}`,
      `      ${words.length > 0 ? `else ${offer(words)}; ` : ''}fi ;;`,
    ];
  });
  return [
    '# Completion of mlserve for bash: source <(mlserve completion bash)',
    '_mlserve() {',
    `  local current="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD - 1]}" path= word at`,
    '  # Bash takes the = of --format=yaml for a word of its own.',
    `  if [[ $current == = ]]; then current=; elif [[ $before == = ]]; then before="\${COMP_WORDS[COMP_CWORD - 2]}"; fi`,
    '  COMPREPLY=()',
    '  for ((at = 1; at < COMP_CWORD; at++)); do',
    `    word="\${path:+$path }\${COMP_WORDS[at]}"`,
    '    case "$word" in',
    `      ${paths}) path="$word" ;;`,
    '      *) break ;;',
    '    esac',
    '  done',
    '  case "$path $before" in',
    ...values,
    '  esac',
    '  case "$path" in',
    `    '') ${offer([...below(undefined), 'help'])} ;;`,
    ...rest,
    '  esac',
    '}',
    'complete -o bashdefault -o default -F _mlserve mlserve',
    '',
  ].join('\n');
}
