/** The engine and registry of the tests' own (test/support/docker/engine.sh), projects for them, and what they hold afterwards. */
import { execFileSync } from 'node:child_process';
import { appendFile, copyFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import type Dockerode from 'dockerode';
import { describe } from 'vitest';
import { fixturePath } from '../../support/fixtures.ts';
import { type CliOptions, type CliRun, runCli } from '../../support/run-cli.ts';
import { tempFolder } from '../../support/temp.ts';

const { MLSERVE_TEST_DOCKER_HOST: HOST = '', MLSERVE_TEST_REGISTRY = '' } = process.env;

export const DOCKER_HOST = HOST;
/** `127.0.0.1:5077`. */
export const REGISTRY = MLSERVE_TEST_REGISTRY;
export const BASE = `${REGISTRY}/node:24-bookworm-slim`;

/** A suite that needs an engine; skipped, with what it takes, where there is none. */
export function describeWithEngine(name: string, suite: () => void): void {
  if (HOST !== '') describe(name, suite);
  else describe.skip(`${name} (skipped: no container engine; see test/support/docker/engine.sh)`, suite);
}

export function docker(host = HOST): Dockerode {
  const Client = createRequire(import.meta.url)('../../../dist/dockerode.cjs');
  return new Client({ socketPath: host.replace('unix://', '') });
}

/** The CLI with the engine of the tests and nobody's credentials. */
export function mlserve(args: readonly string[], { cwd, env = {} }: Pick<CliOptions, 'cwd' | 'env'>): Promise<CliRun> {
  return runCli(args, { cwd, env: { DOCKER_HOST: HOST, DOCKER_CONFIG: '/nonexistent', ...env } });
}

/** Runs a command that must succeed. */
export async function done(args: readonly string[], options: Pick<CliOptions, 'cwd' | 'env'>): Promise<string> {
  const { code, stdout, stderr } = await mlserve(args, options);
  if (code !== 0) throw new Error(`mlserve ${args.join(' ')} ended with ${code}:\n${stdout}\n${stderr}`);
  return stdout;
}

/** A locked project called `name` around a fixture model, below `home`; its folder. */
export async function project(home: string, name: string, fixture = 'real/iris'): Promise<string> {
  await done(['init', name, '--model', fixturePath(fixture), '--name', name.replaceAll(/[^a-z0-9-]/g, '-'), '--yes'], {
    cwd: home,
  });
  return join(home, name);
}

/** Ways to change a project: what people do between builds. */
export const edits = {
  async spec(folder: string): Promise<void> {
    await appendFile(join(folder, 'mlserve.yaml'), 'limits: {jsonDepth: 31}\n');
    await done(['lock'], { cwd: folder });
  },
  /** Another file that answers the same. */
  async model(folder: string, fixture: string): Promise<void> {
    await copyFile(fixturePath(fixture), join(folder, 'models', `${basename(folder)}.onnx`));
    await done(['lock'], { cwd: folder });
  },
};

export interface Built {
  readonly image: string | null;
  readonly digest: string | null;
  readonly tags: readonly string[];
  readonly lock: string;
  readonly platforms: readonly {
    readonly platform: string;
    readonly id: string;
    readonly base: { readonly name: string; readonly digest?: string };
    readonly labels: Readonly<Record<string, string>>;
    readonly size: {
      readonly added: number;
      readonly layers: readonly { readonly what: string; readonly bytes: number }[];
    };
    readonly smoke: {
      readonly readyMs: number;
      readonly rssBytes: number;
      readonly examples: { readonly asked: number; readonly passed: number };
    } | null;
  }[];
}

export async function build(
  folder: string,
  args: readonly string[] = [],
  env: Record<string, string> = {},
): Promise<Built> {
  return JSON.parse(await done(['build', 'image', '--json', ...args], { cwd: folder, env })) as Built;
}

/** Digests of the layers on top of the base, in order: runtime, server, compiled code, models, service. */
export async function addedLayers(image: string, base = 'node:24-bookworm-slim'): Promise<readonly string[]> {
  const [own, below] = await Promise.all([docker().getImage(image).inspect(), docker().getImage(base).inspect()]);
  return own.RootFS.Layers?.slice(below.RootFS.Layers?.length ?? 0) ?? [];
}

/** `docker build` of a folder, without us; the id of the image. */
export async function buildFolder(folder: string, builder: 1 | 2): Promise<string> {
  const tar = execFileSync('tar', ['--owner=0', '--group=0', '-C', folder, '-cf', '-', '.'], {
    maxBuffer: 2 ** 30,
  });
  const answer = await docker().buildImage(Readable.from([tar]), { version: builder as never, nocache: true });
  let id = '';
  for (const line of (await text(answer)).split('\n')) {
    if (line === '') continue;
    const { aux, error } = JSON.parse(line);
    if (error !== undefined) throw new Error(error);
    if (aux?.ID !== undefined) id = aux.ID;
  }
  return id;
}

/** An image on top of the base of the tests, in an engine; its name. */
export async function baseWith(name: string, instruction: string, host = HOST): Promise<string> {
  const folder = await tempFolder();
  await writeFile(join(folder, 'Dockerfile'), `FROM node:24-bookworm-slim\n${instruction}\n`);
  const tar = execFileSync('tar', ['-C', folder, '-cf', '-', '.']);
  const answer = await docker(host).buildImage(Readable.from([tar]), { t: `${name}:tests` });
  await text(answer);
  return `${name}:tests`;
}
