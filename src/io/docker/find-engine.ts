/** Environment → the container engine that answers: the one that is named, else the first in the usual places. */
import { homedir } from 'node:os';
import process from 'node:process';
import { MlserveError } from '../../errors.ts';
import { type EngineAddress, engineAddresses } from '../../image/engine-address.ts';
import type { ContainerEngine } from '../../image/imaging.ts';
import { type Connection, connectionTo, requestBy, upgradeBy } from './connection.ts';
import type { Env, FindCredentials } from './credentials.ts';
import { makeDockerode } from './dockerode.ts';
import { dockerEngine } from './engine.ts';
import { readEngineContext } from './engine-context.ts';

/** The newest API that this code was written against, and the oldest that has what it needs. */
const NEWEST_API = [1, 47] as const;
const OLDEST_API = [1, 40] as const;
const START =
  'start Docker or Podman, or set DOCKER_HOST; "mlserve build image --eject DIR" writes the Dockerfile and its context without an engine';

/** Throws ENGINE_UNREACHABLE with what was tried. */
export async function findEngine(env: Env, credentials: FindCredentials): Promise<ContainerEngine> {
  const context = await readEngineContext(env);
  const addresses = engineAddresses({ env, os: process.platform, home: env.HOME || homedir(), context });
  const failures: string[] = [];
  for (const address of addresses) {
    const options = await connectionTo(address);
    try {
      const pong = await ping(options);
      const api = chooseVersion(pong.apiVersion, address);
      const docker = makeDockerode({ ...options, version: `v${api}` });
      return await dockerEngine(docker, {
        at: nameOf(address),
        builder: chosenBuilder(env) ?? pong.builder,
        api,
        credentials,
        upgrade: upgradeBy(options, api),
      });
    } catch (error) {
      if (error instanceof MlserveError) throw error;
      failures.push(`${nameOf(address)}: ${messageOf(error)}`);
    }
  }
  throw new MlserveError('ENGINE_UNREACHABLE', `no container engine answers: ${failures.join('; ')}`, {
    where: addresses[0]?.from ?? '',
    hint: START,
  });
}

interface Pong {
  readonly apiVersion: string;
  readonly builder: ContainerEngine['builder'];
}

/** Asked by hand: the answer is in the headers, which dockerode drops. */
function ping(connection: Connection): Promise<Pong> {
  return new Promise((resolve, reject) => {
    const request = requestBy(connection, { path: '/_ping' });
    request.on('response', (response) => {
      response.resume();
      const { 'api-version': apiVersion, 'builder-version': builder } = response.headers;
      if (response.statusCode !== 200 || typeof apiVersion !== 'string') {
        reject(new Error(`what answers is no container engine (status ${response.statusCode})`));
      } else resolve({ apiVersion, builder: builder === '2' ? 'buildkit' : 'classic' });
    });
    request.on('error', reject).end();
  });
}

/** As Docker's own client: the engine recommends one unless somebody says otherwise. */
function chosenBuilder({ DOCKER_BUILDKIT: wanted = '' }: Env): ContainerEngine['builder'] | undefined {
  if (wanted === '') return undefined;
  return /^(0|f|false)$/i.test(wanted) ? 'classic' : 'buildkit';
}

function chooseVersion(offered: string, address: EngineAddress): string {
  const [major = 0, minor = 0] = offered.split('.').map(Number);
  if (major < OLDEST_API[0] || (major === OLDEST_API[0] && minor < OLDEST_API[1])) {
    throw new MlserveError(
      'ENGINE_UNREACHABLE',
      `the container engine speaks API ${offered}; ${OLDEST_API.join('.')} or newer is needed`,
      {
        where: nameOf(address),
        hint: 'use Docker 19.03 or newer, or Podman 3 or newer',
      },
    );
  }
  return major > NEWEST_API[0] || (major === NEWEST_API[0] && minor > NEWEST_API[1]) ? NEWEST_API.join('.') : offered;
}

function nameOf(address: EngineAddress): string {
  return address.kind === 'socket' ? address.path : `${address.host}:${address.port}`;
}

function messageOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') return 'there is no such socket';
  if (code === 'EACCES') return 'this user may not use it';
  return code === 'ECONNREFUSED' ? 'nobody listens' : message;
}
