/** `mlserve diff`: arguments, flags and examples. */
import type { Command } from 'commander';
import { type Actions, examples, JSON_RESULT } from './command-line.ts';

interface Flags {
  readonly model?: string;
  readonly markdown?: boolean;
  readonly json?: boolean;
}

const SIDE = 'an ONNX file, a project folder, an image, or a git revision: HEAD~1, HEAD~1:models/fraud.onnx';

export function define(command: Command, { io, act }: Actions): void {
  command
    .argument('<old>', SIDE)
    .argument('<new>', 'the same')
    .option('--model <name>', 'which model of projects and images (default: each with its namesake)')
    .option('--json', JSON_RESULT)
    .addHelpText(
      'after',
      examples(
        'mlserve diff old.onnx new.onnx',
        'mlserve diff HEAD~1 .',
        'mlserve diff HEAD~1:models/fraud.onnx models/fraud.onnx --json',
      ),
    )
    .action(async (old: string, other: string, flags: Flags) => {
      const [{ diff }, { renderDiff }] = await Promise.all([
        import('../commands/diff.ts'),
        import('../commands/render-diff.ts'),
      ]);
      await act(flags, () => diff({ old, new: other, ...flags }, io), renderDiff);
    });
}
