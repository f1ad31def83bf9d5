/** Environment × the settings of Docker's own client → where the container engine listens. Pure: the edge reads the files. */
import { MlserveError } from '../errors.ts';

export type EngineAddress =
  | { readonly kind: 'socket'; readonly path: string; readonly from: string }
  | {
      readonly kind: 'tcp';
      readonly host: string;
      readonly port: number;
      readonly tlsFolder: string | undefined;
      readonly from: string;
    };

export type Env = Readonly<Record<string, string | undefined>>;

/** What `~/.docker` says of a context. */
export interface EngineContext {
  readonly name: string;
  readonly host: string;
  /** Folder with ca.pem, cert.pem and key.pem; undefined when there is none. */
  readonly tlsFolder: string | undefined;
}

export interface Surroundings {
  readonly env: Env;
  readonly os: string;
  readonly home: string;
  /** The context that is chosen; undefined for the default one. */
  readonly context: EngineContext | undefined;
}

/** The name of the context to use: DOCKER_HOST overrules it. Undefined for the default one. */
export function contextName(env: Env, config: { readonly currentContext?: unknown }): string | undefined {
  if ((env.DOCKER_HOST ?? '') !== '') return undefined;
  const { currentContext } = config;
  const name = env.DOCKER_CONTEXT || (typeof currentContext === 'string' ? currentContext : '');
  return name === '' || name === 'default' ? undefined : name;
}

/** Places to try, in order: one when somebody has said which. Throws ENGINE_UNREACHABLE for an address that cannot be used. */
export function engineAddresses({ env, os, home, context }: Surroundings): readonly EngineAddress[] {
  const host = env.DOCKER_HOST ?? '';
  if (host !== '') {
    const tls = (env.DOCKER_TLS_VERIFY ?? '') !== '' || (env.DOCKER_CERT_PATH ?? '') !== '';
    return [readHost(host, 'DOCKER_HOST', tls ? env.DOCKER_CERT_PATH || `${home}/.docker` : undefined)];
  }
  if (context !== undefined) return [readHost(context.host, `the Docker context "${context.name}"`, context.tlsFolder)];
  const from = 'the usual places';
  if (os === 'win32') {
    return ['//./pipe/docker_engine', '//./pipe/podman-machine-default'].map((path) => ({
      kind: 'socket',
      path,
      from,
    }));
  }
  const run = env.XDG_RUNTIME_DIR ?? '';
  const sockets = [
    '/var/run/docker.sock',
    ...(run === '' ? [] : [`${run}/docker.sock`]),
    `${home}/.docker/run/docker.sock`,
    ...(run === '' ? [] : [`${run}/podman/podman.sock`]),
    '/run/podman/podman.sock',
  ];
  return sockets.map((path) => ({ kind: 'socket', path, from }));
}

function readHost(host: string, from: string, tlsFolder: string | undefined): EngineAddress {
  const unusable = (message: string, hint: string): MlserveError =>
    new MlserveError('ENGINE_UNREACHABLE', message, { where: from, hint });
  const [, scheme = '', rest = ''] = /^(\w+):\/\/(.*)$/.exec(host) ?? [];
  if (scheme === 'unix' || scheme === 'npipe') return { kind: 'socket', path: rest, from };
  if (scheme === 'ssh') {
    const tunnel = `ssh -N -L /tmp/docker.sock:/var/run/docker.sock ${rest}`;
    throw unusable(
      `engines behind ssh are not reached directly: ${host}`,
      `run "${tunnel}" and set DOCKER_HOST=unix:///tmp/docker.sock`,
    );
  }
  const url = /^(tcp|https?)$/.test(scheme) && URL.canParse(`http://${rest}`) ? new URL(`http://${rest}`) : undefined;
  if (url === undefined || url.hostname === '') {
    throw unusable(
      `"${host}" is not the address of a container engine`,
      'write unix:///path/to/docker.sock or tcp://host:port',
    );
  }
  const isTls = scheme === 'https' || tlsFolder !== undefined;
  const port = /^[^/]*:(\d+)(?:\/|$)/.exec(rest)?.[1] ?? (isTls ? '2376' : '2375');
  return {
    kind: 'tcp',
    // An IPv6 address has brackets in a URL alone.
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: Number(port),
    tlsFolder: isTls ? (tlsFolder ?? '') : undefined,
    from,
  };
}
