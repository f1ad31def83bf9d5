/** `~/.docker/config.json` × the host of a registry → the credentials in it, or the helper to ask. Pure: the edge reads and asks. */

export type Credentials = { readonly username: string; readonly password: string } | { readonly identityToken: string };

export type CredentialSource =
  | { readonly kind: 'none' }
  | { readonly kind: 'stored'; readonly credentials: Credentials }
  | {
      readonly kind: 'helper';
      /** The program is `docker-credential-<name>`. */
      readonly name: string;
      /** What it is asked for. */
      readonly server: string;
    };

/** The members that are read; anything else of the file is nobody's business here. */
export interface DockerConfig {
  readonly auths?: Readonly<Record<string, StoredAuth>>;
  readonly credsStore?: string;
  readonly credHelpers?: Readonly<Record<string, string>>;
  readonly currentContext?: string;
}

interface StoredAuth {
  readonly auth?: string;
  readonly username?: string;
  readonly password?: string;
  readonly identitytoken?: string;
}

/** Docker Hub goes by the address of its first version. */
const HUB = 'https://index.docker.io/v1/';

/** The key of a registry in the file. */
export function serverName(registry: string): string {
  return registry === 'docker.io' ? HUB : registry;
}

/** The helper of this registry, then the helper of all, then what is stored: Docker's own order. */
export function credentialSource(config: DockerConfig, registry: string): CredentialSource {
  const server = serverName(registry);
  const helper = config.credHelpers?.[registry] ?? config.credHelpers?.[server] ?? config.credsStore;
  if (helper !== undefined && helper !== '') return { kind: 'helper', name: helper, server };
  const stored = Object.entries(config.auths ?? {}).find(([key]) => key === server || hostOf(key) === hostOf(server));
  const credentials = stored && readStored(stored[1]);
  return credentials === undefined ? { kind: 'none' } : { kind: 'stored', credentials };
}

function hostOf(server: string): string {
  return server.replace(/^https?:\/\//, '').split('/', 1)[0] ?? '';
}

function readStored({
  auth = '',
  username = '',
  password = '',
  identitytoken = '',
}: StoredAuth): Credentials | undefined {
  if (identitytoken !== '') return { identityToken: identitytoken };
  if (username !== '') return { username, password };
  const text = Buffer.from(auth, 'base64').toString('utf8').replace(/\0+$/, '');
  const colon = text.indexOf(':');
  return colon < 1 ? undefined : { username: text.slice(0, colon), password: text.slice(colon + 1) };
}

/** What a helper printed. Undefined when it knows nothing. */
export function readHelperAnswer(output: string): Credentials | undefined {
  let answer: unknown;
  try {
    answer = JSON.parse(output);
  } catch {
    return undefined;
  }
  const { Username, Secret } = (answer ?? {}) as { readonly Username?: unknown; readonly Secret?: unknown };
  if (typeof Username !== 'string' || typeof Secret !== 'string' || Secret === '') return undefined;
  return Username === '<token>' ? { identityToken: Secret } : { username: Username, password: Secret };
}
