/** Words for kubectl → what it prints, or the error that its words stand for. */
import { MlserveError } from '../../errors.ts';
import { kubectlFailure } from '../../manifests/kubectl-failure.ts';

export interface KubectlOptions {
  /** Standard input. */
  readonly input?: string;
  /** Exit codes that are no failures. */
  readonly accepted?: readonly number[];
  /** Ends it. */
  readonly signal?: AbortSignal | undefined;
  /** For all of it; there is no limit when absent. */
  readonly timeoutMs?: number;
}

export interface Kubectl {
  /** Standard output. */
  run(words: readonly string[], options?: KubectlOptions): Promise<string>;
  /** Lines of standard output as they come. */
  lines(words: readonly string[], options?: KubectlOptions): AsyncIterable<string>;
}

/** JSON of a large namespace. */
const MOST_BYTES = 256 * 2 ** 20;

/** `where`: for errors. `global`: flags of every call. */
export function kubectlWith(
  env: Readonly<Record<string, string | undefined>>,
  global: readonly string[],
  where: string,
): Kubectl {
  const optionsFor = ({ input, signal, timeoutMs }: KubectlOptions) => ({
    // What it prints is read here, so it is that of `diff`.
    env: { ...env, KUBECTL_EXTERNAL_DIFF: undefined },
    extendEnv: false,
    reject: false,
    // Ours is to end them: it would take Ctrl-C for the end of this process, which has its own last words.
    cleanup: false,
    stripFinalNewline: false,
    maxBuffer: MOST_BYTES,
    ...(input === undefined ? { stdin: 'ignore' as const } : { input }),
    ...(timeoutMs === undefined ? {} : { timeout: timeoutMs }),
    ...(signal === undefined ? {} : { cancelSignal: signal }),
  });
  const check = (result: Outcome, { accepted = [] }: KubectlOptions): void => {
    if (!result.failed || accepted.includes(result.exitCode ?? -1)) return;
    if (result.code === 'ENOENT') throw noKubectl(result.cause);
    // A terminal gives Ctrl-C to kubectl too, which may be gone before this process hears of it.
    if (result.isCanceled || result.signal === 'SIGINT') throw new MlserveError('INTERRUPTED', 'kubectl was stopped');
    throw kubectlFailure(result.timedOut ? 'no answer: timed out' : result.stderr, where);
  };
  return {
    async run(words, options = {}) {
      const { execa } = await import('execa');
      const result = await execa('kubectl', [...global, ...words], optionsFor(options));
      check(result, options);
      return result.stdout;
    },
    async *lines(words, options = {}) {
      const { execa } = await import('execa');
      const kept = { stdout: false, stderr: true } as const;
      const child = execa('kubectl', [...global, ...words], { ...optionsFor(options), buffer: kept });
      const lines = child.iterable({ from: 'stdout' });
      try {
        // Not `for await`: ended early, it would wait for kubectl to end by itself.
        for (let next = await lines.next(); next.done !== true; next = await lines.next()) yield next.value;
        check(await child, options);
      } finally {
        child.kill();
      }
    },
  };
}

interface Outcome {
  readonly failed: boolean;
  readonly isCanceled: boolean;
  readonly timedOut: boolean;
  readonly signal?: string | undefined;
  readonly exitCode?: number | undefined;
  readonly code?: string | undefined;
  readonly stderr: string;
  readonly cause?: unknown;
}

function noKubectl(cause: unknown): MlserveError {
  return new MlserveError('CLUSTER_UNREACHABLE', 'there is no kubectl on the PATH', {
    hint: 'install it (kubernetes.io/docs/tasks/tools), at most one minor version away from the cluster',
    cause,
  });
}
