/** `mlserve deploy`: arguments, flags and examples. */
import type { Command } from 'commander';
import { type Actions, choice, examples, JSON_RESULT, PROJECT, percent } from './command-line.ts';
import { deployCanary } from './deploy-canary.ts';

interface Flags {
  readonly format: 'kustomize' | 'yaml' | 'helm';
  readonly env?: 'dev' | 'staging' | 'prod';
  readonly image?: string;
  readonly build?: string;
  readonly out?: string;
  readonly namespace?: string;
  readonly canary?: number;
  readonly force: boolean;
  readonly dryRun: boolean;
  readonly json?: boolean;
}

export function define(command: Command, { io, act }: Actions): void {
  command
    .argument('[project]', PROJECT, '.')
    .addOption(choice('--format <format>', 'what to write', ['kustomize', 'yaml', 'helm']).default('kustomize'))
    .addOption(choice('--env <environment>', 'write one environment alone', ['dev', 'staging', 'prod']))
    .option('--image <name>', 'the image, NAME[:TAG]@sha256:DIGEST (default: that of the build file)')
    .option('--build <file>', 'what "mlserve build image" wrote (default: build.json in the project)')
    .option('--out <folder>', 'folder to write to (default: deploy/FORMAT in the project)')
    .option(
      '--namespace <name>',
      'namespace of the environment prod (default: deploy.namespace); with --env: of that one',
    )
    .option(
      '--canary <percent>',
      'write a canary that gets so many of the requests, beside what runs; needs --env and deploy.expose: gateway',
      percent,
    )
    .option('--force', 'replace and remove files that were edited', false)
    .option('--dry-run', 'say what would be written and do not write', false)
    .option('--json', JSON_RESULT)
    .addHelpText(
      'after',
      examples(
        'mlserve deploy',
        'mlserve deploy --format yaml --env prod --image registry.example/fraud:1.4.0@sha256:…',
        'mlserve deploy services/fraud --dry-run',
        'mlserve deploy --canary 10 --env prod',
      ),
    )
    .action(async (project: string, flags: Flags) => {
      if (flags.canary !== undefined) {
        return deployCanary(project, { ...flags, canary: flags.canary }, { io, act });
      }
      const { deploy } = await import('../commands/deploy.ts');
      const { renderDeploy } = await import('../commands/render-deploy.ts');
      await act(flags, () => deploy({ project, ...flags }, io), renderDeploy);
    });
}
