/** Commands → the script by which zsh completes them. Pure. */
import { type CommandNode, type FlagNode, nameOf, type Values } from './command-tree.ts';

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
const plain = (text: string): string => text.replace(/[[\]:\\]/g, '\\$&');

export function zshCompletion(commands: readonly CommandNode[]): string {
  return [
    '#compdef mlserve',
    '# Completion of mlserve for zsh: source <(mlserve completion zsh), or a file _mlserve in a folder of $fpath.',
    ...group('_mlserve', commands),
    'if [ "$funcstack[1]" = "_mlserve" ]; then _mlserve "$@"; else compdef _mlserve mlserve; fi',
    '',
  ].join('\n');
}

/** A function for the commands at one place, and those of the places below it. */
function group(name: string, commands: readonly CommandNode[]): readonly string[] {
  const described = commands.map((command) => quoted(`${nameOf(command)}:${plain(command.summary)}`));
  const functionOf = (command: CommandNode): string => `_mlserve_${command.words.join('_')}`;
  const cases = commands.map((command) => `      ${nameOf(command)}) ${functionOf(command)} ;;`);
  return [
    ...commands.flatMap((command) =>
      command.commands.length > 0 ? group(functionOf(command), command.commands) : leaf(functionOf(command), command),
    ),
    `${name}() {`,
    '  local state line',
    '  local -a commands',
    "  _arguments -C '1: :->command' '*:: :->rest'",
    '  case $state in',
    '    command)',
    `      commands=(${described.join(' ')})`,
    '      _describe command commands ;;',
    '    rest) case $line[1] in',
    ...cases,
    '    esac ;;',
    '  esac',
    '}',
  ];
}

function leaf(name: string, { flags, values }: CommandNode): readonly string[] {
  const all = [...flags.map(flagText), quoted(`*: :${action(values)}`)];
  return [`${name}() {`, `  _arguments -s \\\n    ${all.join(' \\\n    ')}`, '}'];
}

function flagText({ long, short, description, values }: FlagNode): string {
  const tail = `[${plain(description)}]${values === undefined ? '' : `: :${action(values)}`}`;
  // The = allows --format=yaml beside --format yaml.
  const name = values === undefined ? long : `${long}=`;
  if (short === undefined) return quoted(`*${name}${tail}`);
  return `'*'{${short},${name}}${quoted(tail)}`;
}

function action(values: Values): string {
  if (values.kind === 'words') return `(${values.words.join(' ')})`;
  return values.kind === 'files' ? '_files' : ' ';
}
