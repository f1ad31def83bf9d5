/** `mlserve build image`: arguments, flags and examples. */
import { type Command, Option } from 'commander';
import { type Actions, examples, JSON_RESULT, PROJECT } from './command-line.ts';

interface Flags {
  readonly tag: readonly string[];
  readonly push: boolean;
  readonly platform?: string;
  readonly base?: string;
  readonly fileOutput?: string;
  readonly print: boolean;
  readonly eject?: string;
  readonly force: boolean;
  readonly smoke: boolean;
  readonly maxSize?: string;
  readonly sbom?: string;
  readonly dryRun: boolean;
  readonly json?: boolean;
}

/** What only a build can be told to do; the plan of one (`--dry-run`) takes it and does not do it. */
const OF_A_BUILD = ['push', 'fileOutput', 'sbom'];

const collect = (tag: string, before: readonly string[]): readonly string[] => [...before, tag];

export function define(command: Command, { io, act }: Actions): void {
  command
    .argument('[project]', PROJECT, '.')
    .option(
      '--tag <name[:tag]>',
      'name of the image, more than once for several (default: <service>:<version>)',
      collect,
      [],
    )
    .option('--push', 'push it to the registry of its name', false)
    .option('--platform <a,b,…>', 'linux/amd64, linux/arm64 or both (default: what the engine runs)')
    .option('--base <image>', 'image to start from (default: image.base, node:24-bookworm-slim)')
    .option('--file-output <file>', 'write the result to a file, such as build.json')
    .addOption(
      new Option('--print', 'print the Dockerfile and build nothing')
        .default(false)
        .conflicts(['eject', ...OF_A_BUILD]),
    )
    .addOption(
      new Option('--eject <folder>', 'write the Dockerfile and all it needs, for "docker build"').conflicts([
        ...OF_A_BUILD,
      ]),
    )
    .option('--force', 'with --eject: overwrite files that differ', false)
    .option('--no-smoke', 'do not try the image after the build')
    .option('--max-size <size>', 'fail when more than this is added to the base: 150MB (default: image.maxSize)')
    .option('--sbom <file>', 'write the bill of materials beside the image too')
    .addOption(
      new Option('--dry-run', 'say what would be built, and build nothing')
        .default(false)
        .conflicts(['eject', 'print']),
    )
    .option('--json', JSON_RESULT)
    .addHelpText(
      'after',
      examples(
        'mlserve build image',
        'mlserve build image --tag registry.example.com/fraud:1.4.0 --push --file-output build.json',
        'mlserve build image --print',
        'mlserve build image --eject image && docker build image',
      ),
    )
    .action(async (target: string, { tag: tags, ...flags }: Flags) => {
      const options = { target, tags, ...flags };
      if (flags.print || flags.dryRun || flags.eject !== undefined) {
        const [{ planImageOnly }, render] = await Promise.all([
          import('../commands/eject-image.ts'),
          import('../commands/render-build-image.ts'),
        ]);
        await act(flags, () => planImageOnly(options, io), flags.print ? render.renderPrinted : render.renderPlan);
        return;
      }
      const [{ buildImage }, { renderBuildImage }] = await Promise.all([
        import('../commands/build-image.ts'),
        import('../commands/render-build-image.ts'),
      ]);
      await act(flags, () => buildImage(options, io), renderBuildImage);
    });
}
