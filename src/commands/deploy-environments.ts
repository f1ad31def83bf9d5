/** Facts of a service × the environments that are asked for → the objects of each, or every finding that speaks against them. */
import { MlserveError } from '../errors.ts';
import { hasErrors, type Issue } from '../issue.ts';
import { checkDeploy } from '../manifests/check-deploy.ts';
import { checkPlatform, unusedSettings } from '../manifests/check-platform.ts';
import { namespaceOf, type Platform, type ServiceFacts } from '../manifests/deployment-facts.ts';
import { type EnvironmentObjects, environmentObjects } from '../manifests/environment-objects.ts';
import type { FormatInput } from '../manifests/formats/formats.ts';
import { unusedPatches } from '../manifests/patches/apply-patches.ts';
import { PLATFORMS } from '../manifests/platforms.ts';
import { ENVIRONMENTS, type Environment } from '../service/deploy-spec.ts';

export interface EnvironmentOptions {
  /** All of them when absent. */
  readonly env?: Environment | undefined;
  /** Of prod; of `env` where that is given too. `deploy.namespace`, or the name of the service, when absent. */
  readonly namespace?: string | undefined;
  /** Kubernetes when absent. */
  readonly platform?: Platform | undefined;
}

export interface Planned extends FormatInput {
  /** What of the service this format does not use. */
  readonly notes: readonly string[];
}

/** Throws CONFIG_INVALID. */
export function planEnvironments(
  facts: ServiceFacts,
  { env, namespace, platform = 'kubernetes' }: EnvironmentOptions,
): Planned {
  const { spec } = facts;
  const chosen = env === undefined ? ENVIRONMENTS : [env];
  const production = namespace ?? (spec.deploy.namespace || spec.name);
  const spaceOf = (environment: Environment): string =>
    namespace !== undefined && environment === env ? production : namespaceOf(environment, production);
  refuse([...checkDeploy(spec, chosen.map(spaceOf), chosen), ...checkPlatform(spec, platform)]);
  // All of them, for a patch may be for one that is not asked for.
  const all = ENVIRONMENTS.map((environment) =>
    environmentObjects({ ...facts, platform, environment, namespace: spaceOf(environment) }),
  );
  const used = new Set(all.flatMap(({ usedPatches }) => [...usedPatches]));
  const unused = unusedPatches(spec.deploy.patches, used, PLATFORMS[platform].foreign);
  refuse([...patchIssues(all), ...unused]);
  return {
    base: all.find(({ facts: own }) => own.environment === 'prod') as EnvironmentObjects,
    environments: all.filter(({ facts: own }) => chosen.includes(own.environment)),
    notes: [...unusedSettings(spec, platform), ...unused.map(({ where, message }) => `${where} ${message}`)],
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
  const isFirst = ({ where, message }: Issue, at: number): boolean =>
    at === issues.findIndex((one) => one.where === where && one.message === message);
  return issues.filter(isFirst);
}
