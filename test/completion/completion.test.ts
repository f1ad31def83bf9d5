/** The scripts of `mlserve completion` in the shells themselves: what each offers at the end of a command line. Shells that are not installed are skipped, by name. */
import { execFileSync, spawnSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { COMMANDS } from '../../src/program.ts';
import { leaves } from '../support/commands.ts';
import { runCli } from '../support/run-cli.ts';
import { makeTemp } from '../support/temp.ts';

const SHELLS = ['bash', 'zsh', 'fish'] as const;
type Shell = (typeof SHELLS)[number];
const isThere = (shell: Shell): boolean => spawnSync(shell, ['--version']).status === 0;
let folder: string;
const script = (shell: Shell): string => join(folder, `mlserve.${shell}`);

beforeAll(async () => {
  folder = await makeTemp();
  await writeFile(join(folder, 'fraud model.onnx'), '');
  for (const shell of SHELLS) {
    const { code, stdout, stderr } = await runCli(['completion', shell], { cwd: folder });
    expect(stderr).toBe('');
    expect(code).toBe(0);
    await writeFile(script(shell), stdout);
  }
});

const ASK: Record<Shell, (line: string) => readonly string[]> = {
  bash(line) {
    const program = `source ${script('bash')}
      COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _mlserve; printf '%s\\n' "\${COMPREPLY[@]}"`;
    return execFileSync('bash', ['-c', program, 'bash', ...line.split(' ')], { cwd: folder, encoding: 'utf8' }).split(
      '\n',
    );
  },
  fish(line) {
    const program = `source ${script('fish')}; complete -C${JSON.stringify(line)}`;
    const env = { ...process.env, HOME: folder };
    const out = execFileSync('fish', ['--no-config', '-c', program], { cwd: folder, env, encoding: 'utf8' });
    return out.split('\n').map((each) => each.split('\t')[0] ?? '');
  },
  // A shell at a terminal of its own, in which the key is pressed; what it would insert is collected instead of drawn.
  zsh(line) {
    const program = `zmodload zsh/zpty; autoload -Uz compinit
      zpty shell zsh -f -i
      zpty -w shell ${JSON.stringify(
        `PROMPT=; autoload -Uz compinit; compinit -u -D; source ${script('zsh')}
compadd() { local -a found; if [[ "$*" == *-O* || "$*" == *-A* || "$*" == *-D* ]]; then builtin compadd "$@"; else builtin compadd -O found "$@"; print -rl -- "offer:"$^found; builtin compadd "$@"; fi }
list() { zle complete-word; print; print end-of-offers; exit }
zle -N list; bindkey '^T' list; print ready-now`.replaceAll('\n', '; '),
      ).replaceAll('$', '\\$')}
      zpty -r shell found '*ready-now*ready-now*'
      zpty -w -n shell ${JSON.stringify(line)}$'\\C-t'
      zpty -r shell found '*end-of-offers*'; print -r -- "$found"`;
    const out = execFileSync('zsh', ['-f', '-c', program], { cwd: folder, encoding: 'utf8', timeout: 30_000 });
    return [...out.matchAll(/offer:([^\r\n]*)/g)].map(([, word = '']) => word);
  },
};

describe.each(SHELLS)('completion in %s', (shell) => {
  const offers = (line: string): readonly string[] => ASK[shell](line).filter((word) => word !== '');
  const when = it.skipIf(!isThere(shell));

  when('offers the commands', () => {
    const offered = offers('mlserve ');
    for (const { name } of COMMANDS) expect(offered).toContain(name);
    expect(offers('mlserve insp')).toEqual(['inspect']);
  });

  when('offers what is below a command', () => {
    expect(offers('mlserve build ')).toEqual(['image']);
    expect(offers('mlserve fix z')).toEqual(['zipmap']);
  });

  when('offers the flags of the command that is named, and of no other', () => {
    const offered = offers('mlserve deploy --');
    expect(offered).toEqual(expect.arrayContaining(['--apply', '--format', '--env']));
    expect(offered).not.toContain('--grpc-port');
    expect(offers('mlserve build image --ej')).toEqual(['--eject']);
  });

  when('offers the words that a flag and an argument take', () => {
    expect([...offers('mlserve deploy --format k')].sort()).toEqual(['knative', 'kserve', 'kustomize']);
    expect([...offers('mlserve completion ')].sort()).toEqual(['bash', 'fish', 'zsh']);
  });
});

describe('completion of a value after =', () => {
  // The words as bash splits them.
  it.skipIf(!isThere('bash')).each(['mlserve deploy --format = k', 'mlserve deploy services/fraud --format = k'])(
    'is offered by bash: %s',
    (line) => {
      expect([...ASK.bash(line)].filter((word) => word !== '').sort()).toEqual(['knative', 'kserve', 'kustomize']);
      expect(ASK.bash(line.replace(/ k$/, ''))).toEqual(expect.arrayContaining(['helm', 'yaml']));
    },
  );

  it.skipIf(!isThere('zsh'))('is offered by zsh', () => {
    expect([...ASK.zsh('mlserve deploy --format=k')].sort()).toEqual(['knative', 'kserve', 'kustomize']);
  });

  it.skipIf(!isThere('fish'))('is offered by fish', () => {
    const offered = [...ASK.fish('mlserve deploy --format=k')].filter((word) => word !== '').sort();
    expect(offered.map((word) => word.replace('--format=', ''))).toEqual(['knative', 'kserve', 'kustomize']);
  });
});

describe('completion of files', () => {
  it.skipIf(!isThere('bash'))('is left to bash itself', () => {
    expect(ASK.bash('mlserve inspect fr').filter((word) => word !== '')).toEqual([]);
  });

  it.skipIf(!isThere('fish'))('is offered by fish where a file is wanted, and not elsewhere', () => {
    expect(ASK.fish('mlserve inspect fr')).toContain('fraud model.onnx');
    expect(ASK.fish('mlserve init --model fr')).toContain('fraud model.onnx');
    expect(ASK.fish('mlserve serve --port fr')).not.toContain('fraud model.onnx');
  });
});

describe('the scripts', () => {
  it.each(SHELLS)('of %s has every command and flag', async (shell) => {
    const text = await readFile(script(shell), 'utf8');
    for (const { words, command } of await leaves()) {
      expect(text).toContain(words.at(-1));
      for (const { long } of command.options) expect(text).toContain(shell === 'fish' ? `-l ${long?.slice(2)} ` : long);
    }
  });

  it('are refused for a shell that is not known', async () => {
    const { code, stderr } = await runCli(['completion', 'tcsh'], { cwd: folder });
    expect(code).toBe(2);
    expect(stderr).toContain('bash, zsh, fish');
  });
});
