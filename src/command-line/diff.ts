/** `mlserve diff`: arguments, flags and examples. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { MlserveError } from '../errors.ts';
import { type Actions, examples, inputFormat, JSON_RESULT } from './command-line.ts';

interface Flags {
  readonly model?: string;
  readonly rows?: string;
  readonly inputFormat?: 'json' | 'ndjson' | 'csv';
  readonly examples: boolean;
  readonly tolerance?: number;
  readonly maxChangedLabels?: number;
  readonly minRankCorrelation?: number;
  readonly markdown?: boolean;
  readonly json?: boolean;
}

const SIDE = 'an ONNX file, a project folder, an image, or a git revision: HEAD~1, HEAD~1:models/fraud.onnx';

export function define(command: Command, { io, act }: Actions): void {
  command
    .argument('<old>', SIDE)
    .argument('<new>', 'the same')
    .option('--model <name>', 'which model of projects and images (default: each with its namesake)')
    .addOption(new Option('--rows <file>', 'compare predictions on rows as JSON, NDJSON or CSV').conflicts('examples'))
    .addOption(inputFormat())
    .option('--examples', 'compare predictions on the golden examples of the new project', false)
    .option('--tolerance <difference>', 'most that a number may differ', amount)
    .option('--max-changed-labels <share>', 'share of rows that may get another label: 0.01', share)
    .option('--min-rank-correlation <rho>', 'least rank correlation of a number: 0.99', share)
    .addOption(new Option('--markdown', 'print the result as Markdown, for a pull request').conflicts('json'))
    .option('--json', JSON_RESULT)
    .addHelpText(
      'after',
      examples(
        'mlserve diff old.onnx new.onnx',
        'mlserve diff HEAD~1 .',
        'mlserve diff HEAD~1:models/fraud.onnx models/fraud.onnx --json',
        'mlserve diff HEAD~1 . --rows rows.csv --max-changed-labels 0.01 --markdown',
      ),
    )
    .action(async (old: string, other: string, flags: Flags) => {
      requireRows(flags);
      const { diff } = await import('../commands/diff.ts');
      const render = flags.markdown
        ? (await import('../commands/render-diff-markdown.ts')).renderDiffMarkdown
        : (await import('../commands/render-diff.ts')).renderDiff;
      await act(flags, () => diff({ old, new: other, ...flags }, io), render);
    });
}

/** Without rows nothing would be checked, and a build would pass for it. */
function requireRows({ rows, examples: areAsked, tolerance, maxChangedLabels, minRankCorrelation }: Flags): void {
  const isLimited = [tolerance, maxChangedLabels, minRankCorrelation].some((limit) => limit !== undefined);
  if (!isLimited || areAsked || rows !== undefined) return;
  throw new MlserveError('USAGE', 'limits of predictions need rows to predict', {
    hint: 'give --rows FILE or --examples',
  });
}

function amount(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value) && value >= 0) return value;
  throw new InvalidArgumentError('It must be a number of at least 0.');
}

function share(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && value >= 0 && value <= 1) return value;
  throw new InvalidArgumentError('It must be a number from 0 to 1.');
}
