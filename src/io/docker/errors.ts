/** What goes wrong with an engine or a registry, in their words → an error with what it means and what to do. */
import { MlserveError } from '../../errors.ts';

/** The engine went away, or is not there any more; undefined for anything else. */
export function engineGone(error: unknown, at: string): MlserveError | undefined {
  if (error instanceof MlserveError) return undefined;
  const { code, message } = error as NodeJS.ErrnoException;
  const isGone =
    /^(ECONNREFUSED|ECONNRESET|ENOENT|EPIPE|ECONNABORTED|ERR_STREAM_PREMATURE_CLOSE)$/.test(code ?? '') ||
    /^(aborted|socket hang up|terminated)$/i.test(message);
  if (!isGone) return undefined;
  return new MlserveError('ENGINE_UNREACHABLE', `the container engine went away: ${message}`, {
    where: at,
    hint: 'see the log of the engine, start it, and try again',
    cause: error,
  });
}

/** The engine says no to something simple: a name it does not take, a disk that is full; undefined for anything else. */
export function engineRefused(error: unknown, at: string): MlserveError | undefined {
  const { statusCode, message } = error as Error & { readonly statusCode?: number };
  if (error instanceof MlserveError || statusCode === undefined) return undefined;
  const said = withoutStatus(message);
  const hint = /no space left/i.test(said) ? NO_SPACE : 'see what the engine says, and its log';
  return new MlserveError('ENGINE_REFUSED', `the container engine refuses: ${said}`, { where: at, hint, cause: error });
}

/** The client puts the status of the engine's answer first, which says nothing of a registry behind it. */
export function withoutStatus(message: string): string {
  return message.trim().replace(/^\(HTTP code \d+\) [^-]* - /, '');
}

/** An answer of a registry, told by an engine or read by ourselves. */
export function registryRefused(error: unknown, what: string, registry: string): MlserveError {
  if (error instanceof MlserveError) return error;
  const message = withoutStatus((error as Error).message);
  return new MlserveError('REGISTRY_REFUSED', `${what}: ${message}`, {
    where: registry,
    hint: registryHint(message, registry),
    cause: error,
  });
}

function registryHint(message: string, registry: string): string {
  if (/unauthorized|authentication|denied|\b40[13]\b|no basic auth/i.test(message)) {
    return `log in with "docker login ${registry}", or give DOCKER_AUTH_CONFIG; and see that the account may do this`;
  }
  if (/certificate|x509|tls|http response to https/i.test(message)) {
    return 'the registry has no certificate that is trusted here: give the engine its authority, or use a registry with TLS';
  }
  if (/not found|manifest unknown|name unknown|does not exist|\b404\b/i.test(message)) {
    return 'see that the name and the tag are right, and that the repository exists';
  }
  if (/\b5\d\d\b|internal server error|bad gateway|unavailable/i.test(message))
    return 'the registry has a problem of its own: try again later';
  if (/no space left/i.test(message)) return NO_SPACE;
  return 'see that the registry can be reached from here and from the engine, and try again';
}

export const NO_SPACE =
  'the disk of the engine is full: "docker system df" shows what takes it, "docker system prune" frees it';

/** The engine's words about a build. */
export function buildHint(message: string, output: string): string {
  const all = `${message}\n${output}`;
  if (/no space left on device/i.test(all)) return NO_SPACE;
  if (/exec format error/i.test(all))
    return 'the engine cannot run programs of this platform: build on a machine that can';
  if (/executable file not found|no such file or directory: unknown/i.test(all)) {
    return 'the base has no Node where it was looked for: set image.node, or use a base with Node 24';
  }
  if (/ld-linux|ld-musl|GLIBC(XX)?_\d/.test(all)) {
    return 'the base has no glibc, or one older than 2.28, which onnxruntime needs: use node:24-bookworm-slim, or another base on Debian';
  }
  if (/LOCK_|MODEL_INVALID/.test(all))
    return 'the files that were sent are not those of the lock: run "mlserve validate --frozen"';
  return 'the lines above are what the failing step printed; "mlserve build image --eject DIR" writes all of it for a try by hand';
}
