/** Facts of a service × the environments that are asked for → the objects of each, or every finding that speaks against them. */
import { MlserveError } from '../errors.ts';
import { hasErrors, type Issue } from '../issue.ts';
import { checkDeploy } from '../manifests/check-deploy.ts';
import { namespaceOf, type ServiceFacts } from '../manifests/deployment-facts.ts';
import { type EnvironmentObjects, environmentObjects } from '../manifests/environment-objects.ts';
import type { FormatInput } from '../manifests/formats/formats.ts';
import { unusedPatches } from '../manifests/patches/apply-patches.ts';
import { ENVIRONMENTS, type Environment } from '../service/deploy-spec.ts';

export interface EnvironmentOptions {
  /** All of them when absent. */
  readonly env?: Environment | undefined;
  /** Of prod; of `env` where that is given too. `deploy.namespace`, or the name of the service, when absent. */
  readonly namespace?: string | undefined;
}

/** Throws CONFIG_INVALID. */
export function planEnvironments(facts: ServiceFacts, { env, namespace }: EnvironmentOptions): FormatInput {
  const { spec } = facts;
  const chosen = env === undefined ? ENVIRONMENTS : [env];
  const production = namespace ?? (spec.deploy.namespace || spec.name);
  const spaceOf = (environment: Environment): string =>
    namespace !== undefined && environment === env ? production : namespaceOf(environment, production);
  refuse(checkDeploy(spec, chosen.map(spaceOf)));
  // All of them, for a patch may be for one that is not asked for.
  const all = ENVIRONMENTS.map((environment) =>
    environmentObjects({ ...facts, environment, namespace: spaceOf(environment) }),
  );
  const used = new Set(all.flatMap(({ usedPatches }) => [...usedPatches]));
  refuse([...patchIssues(all), ...unusedPatches(spec.deploy.patches, used)]);
  return {
    base: all.find(({ facts: own }) => own.environment === 'prod') as EnvironmentObjects,
    environments: all.filter(({ facts: own }) => chosen.includes(own.environment)),
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
