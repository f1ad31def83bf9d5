/** `mlserve deploy`: arguments, flags and examples. */
import type { Command } from 'commander';
import { type Actions, choice, examples, folderName, JSON_RESULT, PROJECT } from './command-line.ts';
import { type CanaryFlags, canaryFlags, deployCanary, isOfCanary } from './deploy-canary.ts';
import { clusterFlags, deployToCluster, requireCluster } from './deploy-cluster.ts';
import { formatsOption } from './deploy-formats.ts';

export function define(command: Command, actions: Actions): void {
  command
    .argument('[project]', PROJECT, '.')
    .addOption(formatsOption())
    .addOption(choice('--env <environment>', 'one environment alone', ['dev', 'staging', 'prod']))
    .option('--image <name>', 'the image, NAME[:TAG]@sha256:DIGEST (default: that of the build file)')
    .option('--build <file>', 'what "mlserve build image" wrote (default: build.json in the project)')
    .option(
      '--out <folder>',
      'folder to write to (default: deploy/FORMAT in the project); several formats: its folders',
      folderName,
    )
    .option(
      '--namespace <name>',
      'namespace of the environment prod (default: deploy.namespace); with --env: of that one',
    )
    .option('--force', 'replace and remove files that were edited', false)
    .option('--dry-run', 'say what would be written, or applied, and do not do it', false);
  canaryFlags(clusterFlags(command))
    .option('--json', JSON_RESULT)
    .addHelpText(
      'after',
      examples(
        'mlserve deploy',
        'mlserve deploy --format kustomize,helm',
        'mlserve deploy --format yaml --env prod --image registry.example/fraud:1.4.0@sha256:…',
        'mlserve deploy services/fraud --dry-run',
        'mlserve deploy --env staging --diff',
        'mlserve deploy --env prod --apply --context prod-eu --yes',
        'mlserve deploy --env prod --canary 10 --apply',
        'mlserve deploy --env prod --promote',
      ),
    )
    .action(async (project: string, flags: CanaryFlags) => {
      if (isOfCanary(flags)) return deployCanary(project, flags, actions);
      if (flags.apply || flags.diff) return deployToCluster(project, flags, actions);
      requireCluster(flags);
      const { deploy } = await import('../commands/deploy.ts');
      const { renderDeploy } = await import('../commands/render-deploy.ts');
      await actions.act(flags, () => deploy({ project, ...flags, formats: flags.format }, actions.io), renderDeploy);
    });
}
