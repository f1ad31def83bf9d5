/** `mlserve deploy --canary`: a locked project × an image × a weight → the files of a canary beside the service, for people who apply files. */
import { join } from 'node:path';
import { MlserveError } from '../errors.ts';
import { canaryFiles } from '../manifests/canary/canary-files.ts';
import { canaryName } from '../manifests/canary/track.ts';
import { type ShippedModel, shippedModels } from '../manifests/deployment-facts.ts';
import type { Format } from '../manifests/formats/formats.ts';
import { imageReference } from '../manifests/identity.ts';
import type { Io } from '../ports.ts';
import type { Environment } from '../service/deploy-spec.ts';
import { planOneEnvironment } from './canary-environment.ts';
import { readDeployment } from './deploy-facts.ts';
import type { ImageOptions } from './deploy-image.ts';
import { type OutputChange, prepareOutput } from './prepare-output.ts';

export interface WriteCanaryOptions extends ImageOptions {
  readonly project: string;
  /** Those of the service: the files of a canary are the same for all that can have one. */
  readonly formats: readonly Format[];
  readonly env: Environment | undefined;
  readonly namespace?: string | undefined;
  /** Percent of the requests. */
  readonly canary: number;
  /** `deploy/canary/ENV` in the project folder when absent. */
  readonly out?: string | undefined;
  readonly force: boolean;
  readonly dryRun: boolean;
}

export interface WriteCanaryResult {
  readonly dir: string;
  readonly image: string;
  readonly models: readonly ShippedModel[];
  readonly environment: Environment;
  readonly namespace: string;
  readonly canary: string;
  readonly weight: number;
  readonly files: readonly OutputChange[];
  readonly dryRun: boolean;
}

/** Throws USAGE, CONFIG_INVALID, and what `deploy` throws. */
export async function writeCanary(options: WriteCanaryOptions, io: Io): Promise<WriteCanaryResult> {
  const { canary: weight, formats, force, dryRun } = options;
  for (const format of formats) {
    if (format === 'helm') throw noChart();
    if (format === 'kserve' || format === 'knative') throw noDeployment(format);
  }
  const { dir, facts } = await readDeployment(options, io);
  const objects = planOneEnvironment(facts, options);
  const { environment, namespace, spec } = objects.facts;
  const target = options.out ?? join(dir, 'deploy', 'canary', environment);
  const { changes: files, write } = await prepareOutput(canaryFiles(objects, weight), { target, force, dryRun }, io);
  await write();
  const shipped = { image: imageReference(facts.image), models: shippedModels(facts) };
  return { dir: target, ...shipped, environment, namespace, canary: canaryName(spec.name), weight, files, dryRun };
}

function noDeployment(format: string): MlserveError {
  const hint = 'leave --format away for a service that runs from kustomize or yaml';
  return new MlserveError('USAGE', `a canary is a second Deployment, and the format ${format} has none`, { hint });
}

function noChart(): MlserveError {
  const hint = 'leave --format away: the files can be applied beside a release, and are a component of kustomize';
  return new MlserveError('USAGE', 'a canary is not part of a chart, which has one Deployment', { hint });
}
