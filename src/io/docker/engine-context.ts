/** Environment → the context that Docker's client would use: `~/.docker/contexts`. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MlserveError } from '../../errors.ts';
import { contextName, type EngineContext } from '../../image/engine-address.ts';
import { dockerFolder, type Env, readDockerConfig } from './credentials.ts';

/** Undefined for the default context. Throws ENGINE_UNREACHABLE for one that does not exist. */
export async function readEngineContext(env: Env): Promise<EngineContext | undefined> {
  // The file says which, whatever credentials are given in the environment.
  const name = contextName(env, await readDockerConfig({ ...env, DOCKER_AUTH_CONFIG: undefined }));
  if (name === undefined) return undefined;
  // The client names the folders by the digest of the name.
  const id = createHash('sha256').update(name).digest('hex');
  const contexts = join(dockerFolder(env), 'contexts');
  const file = join(contexts, 'meta', id, 'meta.json');
  const host = await readFile(file, 'utf8').then(hostOf, () => undefined);
  if (host === undefined) {
    throw new MlserveError('ENGINE_UNREACHABLE', `the Docker context "${name}" does not exist or names no engine`, {
      where: file,
      hint: 'run "docker context ls" and "docker context use NAME", or set DOCKER_HOST',
    });
  }
  const tls = join(contexts, 'tls', id, 'docker');
  return { name, host, tlsFolder: existsSync(tls) ? tls : undefined };
}

function hostOf(text: string): string | undefined {
  try {
    const meta = JSON.parse(text) as { readonly Endpoints?: { readonly docker?: { readonly Host?: string } } };
    return meta.Endpoints?.docker?.Host || undefined;
  } catch {
    return undefined;
  }
}
