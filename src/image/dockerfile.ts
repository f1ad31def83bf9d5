/** The plan of an image → the text of its Dockerfile. Both builders of Docker understand it; nothing in it needs a network. */
import { type BaseImage, fromName } from './base.ts';
import { APP_FOLDER, type Layer, SERVICE_FOLDER } from './layers.ts';
import type { Platform } from './platform.ts';

export interface DockerfilePlan {
  /** For people: `iris 1.0.0`. */
  readonly title: string;
  readonly mlserveVersion: string;
  readonly base: BaseImage;
  /** Of the stage that runs something. */
  readonly buildBase: BaseImage;
  readonly platform: Platform;
  /** Undefined when the builder runs on `platform`: else the platform of the stage that runs something. */
  readonly buildPlatform: Platform | undefined;
  readonly layers: readonly Layer[];
  readonly env: Readonly<Record<string, string>>;
  readonly ports: readonly number[];
  readonly labels: Readonly<Record<string, string>>;
}

export const USER = '10001:10001';
/** The server in an image. */
export const ENTRY = `/${APP_FOLDER}/dist/io/server.js`;
/** V8's compiled code, made in the build by the same Node that runs it. */
export const CACHE_FOLDER = `/${APP_FOLDER}/cache`;

/** What a layer is in the context: a folder, or an archive of one, which the builder unpacks. */
export type LayerForm = 'folders' | 'archives';

export function renderDockerfile(plan: DockerfilePlan, form: LayerForm): string {
  const { title, mlserveVersion, base, buildBase, platform, buildPlatform } = plan;
  const isForeign = buildPlatform !== undefined;
  const from = (image: BaseImage, on: Platform | undefined, name: string): string =>
    // A fixed platform is what the linter warns of, and what is meant.
    `${on === undefined ? 'FROM ' : `# hadolint ignore=DL3029\nFROM --platform=${on} `}${fromName(image)} AS ${name}`;
  const run = (...words: readonly string[]): string => `RUN ${JSON.stringify([buildBase.node, ENTRY, ...words])}`;
  const lines = [
    `# ${title}, written by mlserve ${mlserveVersion}. The context is complete: nothing is installed or downloaded here.`,
    `# Each ${form === 'folders' ? 'folder below layers/' : 'archive'} is one layer: what it holds lies in the image under the same path.`,
    '',
    '# Computes the digests of the models anew and compares them with the lock: an image with another model cannot be built.',
    from(buildBase, buildPlatform, 'verify'),
    bring(['runtime', 'server'], '/', form),
    `USER ${USER}`,
    ...(isForeign ? [] : ['# Compiled code, so that the server starts faster.', run('compile', '/tmp/layer')]),
    ...plan.layers.filter((layer) => layer.isVerified).map(({ name }) => bring([name], `/verified/${name}/`, form)),
    // What builds is named where it is another platform; else it must be this one.
    run('verify', '/verified', platform, ...(isForeign ? [buildPlatform] : [])),
    '',
    '# What runs.',
    from(base, isForeign ? platform : undefined, 'runtime'),
    ...plan.layers.flatMap((layer) => layerLines(layer, isForeign, form)),
    pairs('ENV', plan.env),
    `USER ${USER}`,
    ...(plan.ports.length > 0 ? [`EXPOSE ${plan.ports.join(' ')}`] : []),
    'STOPSIGNAL SIGTERM',
    `HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 CMD ${JSON.stringify([base.node, ENTRY, 'healthcheck', `/${SERVICE_FOLDER}`])}`,
    `ENTRYPOINT ${JSON.stringify([base.node, ENTRY])}`,
    `CMD ${JSON.stringify(['serve', `/${SERVICE_FOLDER}`])}`,
    // Last, so that they never make a layer again.
    pairs('LABEL', Object.fromEntries(Object.entries(plan.labels).sort(([a], [b]) => (a < b ? -1 : 1)))),
  ];
  return `${lines.join('\n')}\n`;
}

function bring(names: readonly string[], to: string, form: LayerForm): string {
  if (form === 'folders') return `COPY ${quoted([...names.map((name) => `layers/${name}/`), to])}`;
  return `ADD ${quoted([...names.map(archiveName), to])}`;
}

/** Of a layer, in a context of archives. */
export function archiveName(layer: string): string {
  return `${layer}.tar`;
}

function layerLines({ name, what, isVerified }: Layer, isForeign: boolean, form: LayerForm): readonly string[] {
  const copy = isVerified ? `COPY --from=verify ${quoted([`/verified/${name}/`, '/'])}` : bring([name], '/', form);
  const cache = name === 'server' && !isForeign ? ['# Its compiled code.', 'COPY --from=verify /tmp/layer/ /'] : [];
  return [`# ${what.charAt(0).toUpperCase()}${what.slice(1)}.`, copy, ...cache];
}

/** In the order given. */
function pairs(instruction: string, values: Readonly<Record<string, string>>): string {
  const each = Object.entries(values).map(([name, value]) => `${name}=${doubleQuoted(value)}`);
  return `${instruction} ${each.join(` \\\n${' '.repeat(instruction.length + 1)}`)}`;
}

/** Plain words where they are plain, else the JSON form. */
function quoted(words: readonly string[]): string {
  return words.every((word) => /^[\w@./+-]+$/.test(word)) ? words.join(' ') : JSON.stringify(words);
}

/** No variable is expanded and nothing ends the line. */
export function doubleQuoted(value: string): string {
  return `"${value.replace(/[\\"$]/g, '\\$&').replace(/[\r\n]+/g, ' ')}"`;
}
