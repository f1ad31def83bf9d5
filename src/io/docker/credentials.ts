/** Environment × the file of Docker's client × its helpers → the credentials of a registry. */
import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { MlserveError } from '../../errors.ts';
import { type Credentials, credentialSource, type DockerConfig, readHelperAnswer } from '../../image/registry-auth.ts';

export type Env = Readonly<Record<string, string | undefined>>;
/** Undefined for a registry that nobody has logged in to. */
export type FindCredentials = (registry: string) => Promise<Credentials | undefined>;

const HELPER_MS = 30_000;

/** The folder of Docker's own client. */
export function dockerFolder(env: Env): string {
  return env.DOCKER_CONFIG || join(env.HOME || homedir(), '.docker');
}

/** DOCKER_AUTH_CONFIG, which CI systems set, overrules the file. Throws REGISTRY_REFUSED for one that is no JSON. */
export async function readDockerConfig(env: Env): Promise<DockerConfig> {
  const inline = env.DOCKER_AUTH_CONFIG ?? '';
  const file = join(dockerFolder(env), 'config.json');
  const text = inline === '' ? await readFile(file, 'utf8').catch(() => '{}') : inline;
  try {
    return (JSON.parse(text) ?? {}) as DockerConfig;
  } catch (cause) {
    const where = inline === '' ? file : 'DOCKER_AUTH_CONFIG';
    throw new MlserveError('REGISTRY_REFUSED', 'the settings of Docker are not JSON', {
      where,
      hint: 'correct them',
      cause,
    });
  }
}

export function credentialsFrom(env: Env): FindCredentials {
  return async (registry) => {
    const source = credentialSource(await readDockerConfig(env), registry);
    if (source.kind === 'none') return undefined;
    return source.kind === 'stored' ? source.credentials : askHelper(source.name, source.server, env);
  };
}

/** The protocol of Docker's helpers: `get` as argument, the server on standard input, JSON on standard output. */
function askHelper(name: string, server: string, env: Env): Promise<Credentials | undefined> {
  const program = `docker-credential-${name}`;
  const refuse = (why: string): MlserveError =>
    new MlserveError('REGISTRY_REFUSED', `${program}, which holds the credentials of ${server}, ${why}`, {
      hint: 'put it on PATH, or remove credsStore and credHelpers from ~/.docker/config.json and log in again',
    });
  return new Promise((resolve, reject) => {
    const child = spawn(program, ['get'], { env: { ...env }, stdio: ['pipe', 'pipe', 'pipe'], windowsHide: true });
    const timer = setTimeout(() => child.kill('SIGKILL'), HELPER_MS);
    let out = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      out += chunk;
    });
    child.stderr.resume();
    child.stdin.on('error', () => {});
    child.on('error', (error: NodeJS.ErrnoException) => {
      clearTimeout(timer);
      reject(refuse(error.code === 'ENOENT' ? 'is not installed' : `cannot be run: ${error.message}`));
    });
    child.on('close', (code) => {
      clearTimeout(timer);
      // Helpers say on standard output, with code 1, that they know nothing.
      if (code === 0 || /not found/i.test(out)) resolve(readHelperAnswer(out));
      else reject(refuse(code === null ? 'did not answer in time' : `ended with code ${code}`));
    });
    child.stdin.end(`${server}\n`);
  });
}
