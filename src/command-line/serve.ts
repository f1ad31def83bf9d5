/** `mlserve serve`: arguments, flags and examples. */
import type { Command } from 'commander';
import { type Actions, choice, examples, nothing, PROJECT_OR_MODEL, portNumber } from './command-line.ts';

interface Flags {
  readonly port?: number;
  readonly host?: string;
  readonly frozen: boolean;
  readonly watch: boolean;
  readonly log?: 'json' | 'text' | 'off';
  readonly verbose: boolean;
  readonly quiet: boolean;
}

export function define(command: Command, { io, act }: Actions): void {
  command
    .argument('[target]', PROJECT_OR_MODEL, '.')
    .option('--port <number>', 'port to listen on; 0 picks a free one (default: server.port, 8080)', portNumber)
    .option('--host <address>', 'address to listen on (default: server.host, 127.0.0.1)')
    .option('--frozen', 'refuse to serve a project without mlserve.lock', false)
    .option('--watch', 'load models again when their files change', false)
    .addOption(
      choice('--log <format>', 'log lines (default: text on a terminal, json elsewhere)', ['json', 'text', 'off']),
    )
    .option('--verbose', 'the same as --log json', false)
    .option('--quiet', 'print nothing about the service', false)
    .addHelpText('after', examples('mlserve serve', 'mlserve serve fraud.onnx --port 0', 'mlserve serve . --frozen'))
    .action(async (target: string, { verbose, ...flags }: Flags) => {
      const { serve } = await import('../commands/serve.ts');
      const log = flags.log ?? (verbose ? 'json' : undefined);
      await act({}, () => serve({ target, ...flags, log }, io), nothing);
    });
}
