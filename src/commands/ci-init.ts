/** `mlserve ci init`: a project in a repository → the pipeline that checks, builds and ships it, as a file of that repository. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MlserveError } from '../errors.ts';
import type { Io } from '../ports.ts';
import { type Provider, planPipeline } from '../scaffold/plan-pipeline.ts';
import { readTemplate } from '../scaffold/template.ts';
import { type PipelineOptions, pipelineFacts } from './pipeline-facts.ts';

export interface CiInitOptions extends PipelineOptions {
  readonly force: boolean;
  readonly dryRun: boolean;
}

export interface CiInitResult {
  readonly provider: Provider;
  /** Absolute path of the file. */
  readonly file: string;
  readonly state: 'new' | 'same' | 'different';
  readonly dryRun: boolean;
  /** Of the file. */
  readonly text: string;
}

/** In the package, from `src/` and from `dist/` alike. */
const TEMPLATE = fileURLToPath(new URL('../../templates/ci', import.meta.url));

/** Throws PROJECT_NOT_FOUND, CONFIG_INVALID, USAGE; FILE_EXISTS for a file that somebody changed, without `force`. */
export async function ciInit(options: CiInitOptions, io: Io): Promise<CiInitResult> {
  const { provider, force, dryRun } = options;
  const { root, ...facts } = await pipelineFacts(options, io);
  const template = await readTemplate(await io.files.readText(join(TEMPLATE, 'template.json')), (name) =>
    io.files.readText(join(TEMPLATE, name)),
  );
  const { path, text } = planPipeline(template, facts);
  const file = join(root, path);
  const there = (await io.files.stat(file)) === undefined ? undefined : await io.files.readText(file);
  const state = there === undefined ? 'new' : there === text ? 'same' : 'different';
  if (state === 'different' && !force && !dryRun) {
    throw new MlserveError('FILE_EXISTS', 'the pipeline is there with other content, so nothing was written', {
      where: file,
      hint: 'add --force to replace it, or --dry-run to see what would be written',
    });
  }
  if (state !== 'same' && !dryRun) await io.files.writeAtomic(file, text);
  return { provider, file, state, dryRun, text };
}

const NEXT: Readonly<Record<Provider, string>> = {
  github: 'the secret KUBECONFIG of the environment lets it compare with a cluster',
  gitlab: 'the variables COMMENT_TOKEN and KUBECONFIG let it comment and compare with a cluster',
};

/** The file itself where it was not to be written, so that it can be piped. */
export function renderCiInit({ provider, file, state, dryRun, text }: CiInitResult): string {
  if (dryRun) return text;
  if (state === 'same') return `${file} is as it would be written`;
  return `${state === 'new' ? 'wrote' : 'replaced'} ${file}\nnext: commit it; ${NEXT[provider]} (docs/ci.md)`;
}
