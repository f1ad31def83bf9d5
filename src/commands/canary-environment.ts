/** Facts of a service × the environment that is named → the objects there, of a service whose requests can be split. */
import { MlserveError } from '../errors.ts';
import { requireDeployment, requireRoute } from '../manifests/canary/require-route.ts';
import type { ServiceFacts } from '../manifests/deployment-facts.ts';
import type { EnvironmentObjects } from '../manifests/environment-objects.ts';
import type { Environment } from '../service/deploy-spec.ts';
import type { ServiceSpec } from '../service/spec.ts';
import { type EnvironmentOptions, planEnvironments } from './deploy-environments.ts';

/** Throws USAGE, CONFIG_INVALID. */
export function planOneEnvironment(facts: ServiceFacts, options: EnvironmentOptions): EnvironmentObjects {
  requireEnvironment(options.env);
  const { spec } = facts;
  const issues = requireRoute(spec);
  if (issues.length > 0) {
    throw new MlserveError('CONFIG_INVALID', `${spec.name} can have no canary`, { where: 'mlserve.yaml', issues });
  }
  const [objects] = planEnvironments(facts, options).environments;
  if (objects === undefined) throw new Error('an environment that is named is planned');
  return objects;
}

export function requireEnvironment(env: Environment | undefined): asserts env is Environment {
  if (env !== undefined) return;
  const hint = 'name it: --env prod, --env staging or --env dev';
  throw new MlserveError('USAGE', 'an environment must be named: a canary is of one', { hint });
}

/** For what is read of a cluster, or changed there, of a Deployment alone. Throws CONFIG_INVALID. */
export function refuseRollout(spec: ServiceSpec): void {
  const issues = requireDeployment(spec);
  if (issues.length === 0) return;
  throw new MlserveError('CONFIG_INVALID', `${spec.name} has no Deployment`, { where: 'mlserve.yaml', issues });
}
