/** `mlserve inspect`: arguments, flags and examples. */
import type { Command } from 'commander';
import { type Actions, examples, JSON_RESULT } from './command-line.ts';

interface Flags {
  readonly json?: boolean;
  readonly digests: boolean;
}

export function define(command: Command, { io, act }: Actions): void {
  command
    .argument('<model>', 'the ONNX file, or the name of an image')
    .option('--json', JSON_RESULT)
    .option('--no-digests', 'do not read the weights: no digests, an answer in milliseconds')
    .addHelpText(
      'after',
      examples(
        'mlserve inspect fraud.onnx',
        'mlserve inspect fraud.onnx --json | jq .signature',
        'mlserve inspect fraud:1.4.0',
      ),
    )
    .action(async (model: string, flags: Flags) => {
      const { isImageName } = await import('../commands/is-image-name.ts');
      if (await isImageName(model, io)) {
        const [{ inspectImage }, { renderInspectImage }] = await Promise.all([
          import('../commands/inspect-image.ts'),
          import('../commands/render-inspect-image.ts'),
        ]);
        return act(flags, () => inspectImage(model, io), renderInspectImage);
      }
      const { inspect, renderInspect } = await import('../commands/inspect.ts');
      await act(flags, () => inspect({ model, digests: flags.digests }, io), renderInspect);
    });
}
