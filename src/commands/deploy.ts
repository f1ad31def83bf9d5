/** `mlserve deploy`: a locked project × an image by digest → the files that tell Kubernetes to run it, written in one step or not at all. */
import { join } from 'node:path';
import { type ShippedModel, shippedModels } from '../manifests/deployment-facts.ts';
import type { Format } from '../manifests/formats/formats.ts';
import { imageReference } from '../manifests/identity.ts';
import type { Io } from '../ports.ts';
import type { EnvironmentOptions } from './deploy-environments.ts';
import { readDeployment } from './deploy-facts.ts';
import type { ImageOptions } from './deploy-image.ts';
import { type FormatResult, type PreparedFormat, prepareFormat } from './prepare-format.ts';

export interface DeployOptions extends ImageOptions, EnvironmentOptions {
  readonly project: string;
  /** At least one, each once. */
  readonly formats: readonly Format[];
  /** `deploy` in the project folder when absent. Of several formats each has a folder of its own in it; one alone is `out` itself, or `deploy/FORMAT`. */
  readonly out?: string | undefined;
  readonly force: boolean;
  readonly dryRun: boolean;
}

export interface DeployResult {
  readonly image: string;
  readonly models: readonly ShippedModel[];
  readonly formats: readonly FormatResult[];
  readonly dryRun: boolean;
}

/** Throws LOCK_MISSING, LOCK_MISMATCH, IMAGE_UNPINNED, CONFIG_INVALID, and FILE_EXISTS for files that a person has edited, before anything is written. */
export async function deploy(options: DeployOptions, io: Io): Promise<DeployResult> {
  const { formats, out, dryRun } = options;
  const { dir, facts } = await readDeployment(options, io);
  const prepared: PreparedFormat[] = [];
  for (const format of formats) {
    const target = out !== undefined && formats.length === 1 ? out : join(out ?? join(dir, 'deploy'), format);
    prepared.push(await prepareFormat(facts, { ...options, format, target }, io));
  }
  for (const { write } of prepared) await write();
  return {
    image: imageReference(facts.image),
    models: shippedModels(facts),
    formats: prepared.map(({ result }) => result),
    dryRun,
  };
}
