/** `mlserve deploy`: a locked project × an image by digest → the files that tell Kubernetes to run it, written in one step or not at all. */
import { join } from 'node:path';
import { type ShippedModel, shippedModels } from '../manifests/deployment-facts.ts';
import { FORMATS, type Format } from '../manifests/formats/formats.ts';
import { imageReference } from '../manifests/identity.ts';
import type { Io } from '../ports.ts';
import type { Environment } from '../service/deploy-spec.ts';
import { type EnvironmentOptions, planEnvironments } from './deploy-environments.ts';
import { readDeployment } from './deploy-facts.ts';
import type { ImageOptions } from './deploy-image.ts';
import { type OutputChange, writeOutput } from './write-output.ts';

export interface DeployOptions extends ImageOptions, EnvironmentOptions {
  readonly project: string;
  readonly format: Format;
  /** `deploy/FORMAT` in the project folder when absent. */
  readonly out?: string | undefined;
  readonly force: boolean;
  readonly dryRun: boolean;
}

export interface DeployResult {
  readonly dir: string;
  readonly format: Format;
  readonly image: string;
  readonly models: readonly ShippedModel[];
  readonly environments: readonly {
    readonly name: Environment;
    readonly namespace: string;
    /** `Deployment/fraud` */
    readonly objects: readonly string[];
    /** The command that gives them to a cluster. */
    readonly next: string;
  }[];
  readonly files: readonly OutputChange[];
  /** What of the service the format does not use. */
  readonly notes: readonly string[];
  readonly dryRun: boolean;
}

/** Throws LOCK_MISSING, LOCK_MISMATCH, IMAGE_UNPINNED, CONFIG_INVALID, and FILE_EXISTS for files that a person has edited. */
export async function deploy(options: DeployOptions, io: Io): Promise<DeployResult> {
  const { format, force, dryRun } = options;
  const { dir, facts } = await readDeployment(options, io);
  const { platform, files: write, next } = FORMATS[format];
  const { base, environments, notes } = planEnvironments(facts, { ...options, platform });
  const target = options.out ?? join(dir, 'deploy', format);
  const files = await writeOutput(write({ base, environments }), { target, force, dryRun }, io);
  return {
    dir: target,
    format,
    image: imageReference(facts.image),
    models: shippedModels(facts),
    environments: environments.map((objects) => ({
      name: objects.facts.environment,
      namespace: objects.facts.namespace,
      objects: objects.manifests.map(({ object }) => `${object.kind}/${object.metadata?.name}`),
      next: next(target, objects),
    })),
    files,
    notes,
    dryRun,
  };
}
