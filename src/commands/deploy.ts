/** `mlserve deploy`: a locked project × an image by digest → the files that tell Kubernetes to run it, written in one step or not at all. */
import { MlserveError } from '../errors.ts';
import { hasErrors, type Issue } from '../issue.ts';
import { checkDeploy } from '../manifests/check-deploy.ts';
import { namespaceOf } from '../manifests/deployment-facts.ts';
import { type EnvironmentObjects, environmentObjects } from '../manifests/environment-objects.ts';
import { kustomize } from '../manifests/formats/kustomize.ts';
import { plainYaml } from '../manifests/formats/plain-yaml.ts';
import { imageReference } from '../manifests/identity.ts';
import { unusedPatches } from '../manifests/patches/apply-patches.ts';
import type { Io } from '../ports.ts';
import { ENVIRONMENTS, type Environment } from '../service/deploy-spec.ts';
import { type ImageOptions, readDeployment } from './deploy-facts.ts';
import { type OutputChange, writeOutput } from './write-output.ts';

export const FORMATS = ['kustomize', 'yaml'] as const;
export type Format = (typeof FORMATS)[number];

export interface DeployOptions extends ImageOptions {
  readonly project: string;
  readonly format: Format;
  /** All of them when absent. */
  readonly env?: Environment | undefined;
  /** `deploy/FORMAT` in the project folder when absent. */
  readonly out?: string | undefined;
  readonly namespace?: string | undefined;
  readonly force: boolean;
  readonly dryRun: boolean;
}

export interface DeployResult {
  readonly dir: string;
  readonly format: Format;
  readonly image: string;
  readonly environments: readonly {
    readonly name: Environment;
    readonly namespace: string;
    readonly objects: readonly string[];
  }[];
  readonly files: readonly OutputChange[];
  readonly dryRun: boolean;
  readonly issues: readonly Issue[];
}

/** Throws LOCK_MISSING, LOCK_MISMATCH, IMAGE_UNPINNED, CONFIG_INVALID, and FILE_EXISTS for files that a person has edited. */
export async function deploy(options: DeployOptions, io: Io): Promise<DeployResult> {
  const { format, env, namespace, force, dryRun } = options;
  const { dir, facts } = await readDeployment(options, io);
  const chosen = env === undefined ? ENVIRONMENTS : [env];
  const production = namespace ?? (facts.spec.deploy.namespace || facts.spec.name);
  // Who names both means exactly that namespace.
  const isExact = namespace !== undefined && env !== undefined;
  const spaceOf = (environment: Environment): string =>
    isExact && environment === env ? production : namespaceOf(environment, production);
  refuse(checkDeploy(facts.spec, chosen.map(spaceOf)));
  const all = ENVIRONMENTS.map((environment) =>
    environmentObjects({ ...facts, environment, namespace: spaceOf(environment) }),
  );
  refuse([
    ...patchIssues(all),
    ...unusedPatches(facts.spec.deploy.patches, new Set(all.flatMap((each) => [...each.usedPatches]))),
  ]);
  const written = all.filter((each) => chosen.includes(each.facts.environment));
  const base = all.find((each) => each.facts.environment === 'prod') as EnvironmentObjects;
  const outputs = format === 'kustomize' ? kustomize(base, written) : plainYaml(written);
  const target = options.out ?? `${dir}/deploy/${format}`;
  const files = await writeOutput(outputs, { target, force, dryRun }, io);
  return {
    dir: target,
    format,
    image: imageReference(facts.image),
    environments: written.map(({ facts: own, manifests }) => ({
      name: own.environment,
      namespace: own.namespace,
      objects: manifests.map(({ object }) => `${object.kind}/${object.metadata?.name}`),
    })),
    files,
    dryRun,
    issues: [],
  };
}

function refuse(issues: readonly Issue[]): void {
  if (!hasErrors(issues)) return;
  const hint = 'correct the findings above; docs/deploy.md tells of every key';
  throw new MlserveError('CONFIG_INVALID', 'this cannot be deployed', { where: 'mlserve.yaml', issues, hint });
}

/** A patch that does not fit fails in every environment: said once. */
function patchIssues(all: readonly EnvironmentObjects[]): readonly Issue[] {
  const issues = all.flatMap((each) => each.issues);
  return issues.filter(
    ({ where, message }, at) => at === issues.findIndex((one) => one.where === where && one.message === message),
  );
}
