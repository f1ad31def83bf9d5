/** The words after the entry of an image × io → the service until it is told to stop, or a step of the build or a question; the exit code. */
import { EXIT, MlserveError } from './errors.ts';
import { SMOKE_PORT } from './image/smoke-program.ts';
import type { Inside, Io } from './ports.ts';
import { reportError } from './report-error.ts';

const SERVE = { frozen: true, watch: false, log: 'json', quiet: true } as const;
/** What the smoke test does without: certificates and keys, which are in no image, and a load balancer to wait for. */
const TRIED = {
  ...{ 'server.port': SMOKE_PORT, 'server.grpcPort': 'off', 'server.metricsPort': 'off' },
  ...{ 'tls.cert': '', 'tls.key': '', 'tls.clientCa': '', 'auth.keysFile': '', 'admin.access': 'off' },
  'drain.delayMs': 0,
};

/** Never rejects. */
export async function runContainer(words: readonly string[], io: Io, inside: Inside): Promise<number> {
  const uncaught = io.uncaught().then(({ thrown }) => Promise.reject(thrown));
  try {
    return await Promise.race([perform(words, io, inside), uncaught]);
  } catch (error) {
    const code = await reportError(error, false, io);
    // After a bug nobody knows what still runs.
    if (code === EXIT.bug) io.end(code);
    return code;
  }
}

async function perform(
  [word = '', folder = '.', platform = '', builder = platform]: readonly string[],
  io: Io,
  inside: Inside,
): Promise<number> {
  switch (word) {
    case 'serve':
    case 'try': {
      const { serve } = await import('./commands/serve.ts');
      const settings = word === 'try' ? { settings: TRIED } : {};
      await serve({ ...SERVE, target: folder, ...settings }, heedful(io));
      return EXIT.done;
    }
    case 'healthcheck': {
      const { healthCheck } = await import('./commands/health-check.ts');
      return (await healthCheck(folder, io, inside)) ? EXIT.done : EXIT.findings;
    }
    case 'verify': {
      const { verifyLayers } = await import('./commands/verify-layers.ts');
      await io.terminal.out(`${(await verifyLayers(folder, { platform, builder }, io, inside)).join('\n')}\n`);
      return EXIT.done;
    }
    case 'compile':
      await inside.compile(folder);
      return EXIT.done;
    case 'ask':
      await inside.ask(Number(folder));
      return EXIT.done;
    case 'idle':
      // Loaded, which is what `compile` wants of it.
      return EXIT.done;
    default:
      throw new MlserveError('USAGE', `an image has no command "${word}"`, {
        hint: 'start it without arguments to serve; settings are MLSERVE_… variables',
      });
  }
}

/** The first process of a container is deaf to signals that nobody listens to: while models are read, the first one ends it. */
function heedful(io: Io): Io {
  const stop = io.onSignal(() => io.terminate(EXIT.interrupted));
  return {
    ...io,
    onSignal(listener) {
      stop();
      return io.onSignal(listener);
    },
  };
}
