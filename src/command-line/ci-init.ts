/** `mlserve ci init`: arguments, flags and examples. */
import { Argument, type Command } from 'commander';
import { type Actions, choice, examples, JSON_RESULT, PROJECT } from './command-line.ts';

const PROVIDERS = ['github', 'gitlab'] as const;

interface Flags {
  readonly branch: string;
  readonly env: 'dev' | 'staging' | 'prod';
  readonly image?: string;
  readonly force: boolean;
  readonly dryRun: boolean;
  readonly json?: boolean;
}

export function define(command: Command, { io, act }: Actions): void {
  command
    .addArgument(new Argument('<provider>', 'whose pipeline').choices(PROVIDERS))
    .argument('[project]', PROJECT, '.')
    .option('--branch <name>', 'the branch that ships', 'main')
    .addOption(choice('--env <environment>', 'where it ships to', ['dev', 'staging', 'prod']).default('staging'))
    .option('--image <name>', 'name of the image without its tag (default: in the registry of the provider)')
    .option('--force', 'replace a pipeline that differs', false)
    .option('--dry-run', 'print what would be written, and write nothing', false)
    .option('--json', JSON_RESULT)
    .addHelpText(
      'after',
      examples(
        'mlserve ci init github',
        'mlserve ci init gitlab --image registry.example.com/team/fraud',
        'mlserve ci init github services/fraud --env prod --dry-run',
      ),
    )
    .action(async (provider: (typeof PROVIDERS)[number], project: string, flags: Flags) => {
      const { ciInit, renderCiInit } = await import('../commands/ci-init.ts');
      await act(flags, () => ciInit({ provider, project, ...flags }, io), renderCiInit);
    });
}
