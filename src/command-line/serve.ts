/** `mlserve serve`: arguments, flags and examples. */
import type { Command } from 'commander';
import type { LogFormat } from '../ports.ts';
import { type Actions, choice, examples, nothing, PROJECT_OR_MODEL, portNumber, portOrOff } from './command-line.ts';

interface Flags {
  readonly port?: number;
  readonly grpcPort?: number | 'off';
  readonly host?: string;
  readonly serverName?: string;
  readonly frozen: boolean;
  readonly watch: boolean;
  readonly logFormat?: LogFormat;
  readonly log?: LogFormat | 'text';
  readonly verbose: boolean;
  readonly quiet: boolean;
}

const LOG_FORMATS: readonly LogFormat[] = ['json', 'pretty', 'off'];

export function define(command: Command, { io, act }: Actions): void {
  command
    .argument('[target]', PROJECT_OR_MODEL, '.')
    .option('--port <number>', 'port to listen on; 0 picks a free one (default: server.port, 8080)', portNumber)
    .option('--grpc-port <number>', 'gRPC port, or off (default: server.grpcPort, off)', portOrOff)
    .option('--host <address>', 'address to listen on (default: server.host, 127.0.0.1)')
    .option('--server-name <name>', 'name in the answer of GET /v2 (default: server.name, mlserve)')
    .option('--frozen', 'refuse to serve a project without mlserve.lock', false)
    .option('--watch', 'load models again when their files change', false)
    .addOption(
      choice('--log-format <format>', 'log lines (default: pretty on a terminal, json elsewhere)', LOG_FORMATS),
    )
    .addOption(choice('--log <format>', 'the same as --log-format', [...LOG_FORMATS, 'text']))
    .option('--verbose', 'the same as --log-format json', false)
    .option('--quiet', 'print nothing about the service', false)
    .addHelpText(
      'after',
      examples('mlserve serve', 'mlserve serve fraud.onnx --port 0', 'mlserve serve . --frozen --grpc-port 8081'),
    )
    .action(async (target: string, { verbose, log, logFormat, ...flags }: Flags) => {
      const { host, port, grpcPort, serverName, ...options } = flags;
      const { serve } = await import('../commands/serve.ts');
      const format = logFormat ?? (log === 'text' ? 'pretty' : log) ?? (verbose ? 'json' : undefined);
      const settings = {
        'server.host': host,
        'server.port': port,
        'server.grpcPort': grpcPort,
        'server.name': serverName,
      };
      await act({}, () => serve({ target, settings, ...options, log: format }, io), nothing);
    });
}
