/** A project × flags → the root of its repository and what its pipeline says of it, with nothing in it that a shell or a pattern would read otherwise. */
import { dirname, join, relative, sep } from 'node:path';
import { MlserveError } from '../errors.ts';
import { readReference } from '../image/reference.ts';
import type { Io } from '../ports.ts';
import type { PipelineFacts, Provider } from '../scaffold/plan-pipeline.ts';
import { VERSION } from '../version.ts';
import { openProject } from './project.ts';

export interface PipelineOptions {
  readonly provider: Provider;
  /** Relative to `io.cwd`. */
  readonly project: string;
  readonly branch: string;
  readonly env: string;
  readonly image?: string | undefined;
}

/** Letters that a branch or a folder may have in a pattern or a shell line without meaning anything. */
const PLAIN = /^[\w./@-]+$/;

/** Throws PROJECT_NOT_FOUND, CONFIG_INVALID, USAGE. Outside of a repository the project is its own root. */
export async function pipelineFacts(
  options: PipelineOptions,
  io: Io,
): Promise<PipelineFacts & { readonly root: string }> {
  const { provider, branch, env, image } = options;
  const { dir, spec } = await openProject(options.project, {}, io);
  const root = (await repositoryOf(dir, io)) ?? dir;
  return {
    ...{ root, provider, name: spec.name, version: VERSION, environment: env },
    project: requirePlain('the folder of the project', relative(root, dir).split(sep).join('/') || '.'),
    branch: requirePlain('the branch', branch),
    image: image === undefined ? undefined : requireImage(image),
  };
}

/** The nearest folder that git calls its own, from the project up. */
async function repositoryOf(dir: string, io: Io): Promise<string | undefined> {
  if ((await io.files.stat(join(dir, '.git'))) !== undefined) return dir;
  return dirname(dir) === dir ? undefined : repositoryOf(dirname(dir), io);
}

function requirePlain(what: string, name: string): string {
  if (PLAIN.test(name)) return name;
  throw new MlserveError('USAGE', `${what} is "${name}", which means something in a pipeline`, {
    hint: 'letters, digits and . _ / @ - are safe there',
  });
}

/** With its registry, and without a tag: the version is the tag. */
function requireImage(name: string): string {
  const reference = readReference(name);
  if (reference !== undefined && reference.tag === undefined && reference.digest === undefined)
    return `${reference.registry}/${reference.repository}`;
  throw new MlserveError('USAGE', `--image ${name} is not a name of an image without a tag`, {
    hint: 'write registry.example.com/team/fraud: the tag is the version of the service',
  });
}
