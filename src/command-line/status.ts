/** `mlserve status`: arguments, flags and examples. */
import type { Command } from 'commander';
import { type Actions, examples, JSON_RESULT } from './command-line.ts';

interface Flags {
  readonly apiKey?: string;
  readonly ca?: string;
  readonly timeout: string;
  readonly json?: boolean;
}

export function define(command: Command, { io, act }: Actions): void {
  command
    .argument('[url]', 'where the service is', 'http://127.0.0.1:8080')
    .option('--api-key <key>', 'for a proxy that asks for one (default: the variable MLSERVE_API_KEY)')
    .option('--ca <file>', 'the authority of an https service, in PEM form (default: those that Node knows)')
    .option('--timeout <time>', 'that the answer may take', '5s')
    .option('--json', JSON_RESULT)
    .addHelpText('after', examples('mlserve status', 'mlserve status https://fraud.internal --ca ca.pem --json'))
    .action(async (url: string, flags: Flags) => {
      const [{ status }, { renderStatus }] = await Promise.all([
        import('../commands/status.ts'),
        import('../commands/render-status.ts'),
      ]);
      await act(flags, () => status({ url, ...flags }, io), renderStatus);
    });
}
