/** `mlserve deploy`: arguments, flags and examples. */
import type { Command } from 'commander';
import { type Actions, choice, examples, JSON_RESULT, PROJECT, percent } from './command-line.ts';
import { deployCanary } from './deploy-canary.ts';
import { type ClusterFlags, clusterFlags, deployToCluster, requireCluster } from './deploy-cluster.ts';

/** Those of `manifests/formats`, which is loaded when it is used. */
const FORMATS = ['kustomize', 'yaml', 'helm', 'kserve', 'knative'] as const;

interface Flags extends ClusterFlags {
  readonly format: (typeof FORMATS)[number];
  readonly out?: string;
  readonly canary?: number;
  readonly force: boolean;
}

export function define(command: Command, actions: Actions): void {
  command
    .argument('[project]', PROJECT, '.')
    .addOption(choice('--format <format>', 'what to write', FORMATS).default('kustomize'))
    .addOption(choice('--env <environment>', 'one environment alone', ['dev', 'staging', 'prod']))
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
    .option('--dry-run', 'say what would be written, or applied, and do not do it', false);
  clusterFlags(command)
    .option('--json', JSON_RESULT)
    .addHelpText(
      'after',
      examples(
        'mlserve deploy',
        'mlserve deploy --format yaml --env prod --image registry.example/fraud:1.4.0@sha256:…',
        'mlserve deploy services/fraud --dry-run',
        'mlserve deploy --canary 10 --env prod',
        'mlserve deploy --env staging --diff',
        'mlserve deploy --env prod --apply --context prod-eu --yes',
      ),
    )
    .action(async (project: string, flags: Flags) => {
      if (flags.canary !== undefined) return deployCanary(project, { ...flags, canary: flags.canary }, actions);
      if (flags.apply || flags.diff) return deployToCluster(project, flags, actions);
      requireCluster(flags);
      const { deploy } = await import('../commands/deploy.ts');
      const { renderDeploy } = await import('../commands/render-deploy.ts');
      await actions.act(flags, () => deploy({ project, ...flags }, actions.io), renderDeploy);
    });
}
