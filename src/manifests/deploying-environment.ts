/** The environment of whoever deploys → the part that counts for manifests: pods have none of it, so it says how to deploy and not how to serve. */
import { environmentName } from '../service/settings.ts';
import { SETTINGS } from '../service/settings-table.ts';

type Environment = Readonly<Record<string, string | undefined>>;

export interface DeployingEnvironment {
  readonly env: Environment;
  /** Variables of settings that were set and do not count. Those of platforms (`PORT`) are set by others, and not told. */
  readonly passedOver: readonly string[];
}

const OF_PODS = SETTINGS.filter(({ path }) => !path.startsWith('deploy.'));
const OWN = new Set(OF_PODS.map(({ path }) => environmentName(path)));
const OF_PLATFORMS = new Set(OF_PODS.flatMap(({ platform }) => platform));

export function deployingEnvironment(env: Environment): DeployingEnvironment {
  const given = Object.entries(env).filter(([name, value]) => OWN.has(name) && value !== undefined && value !== '');
  return {
    env: Object.fromEntries(Object.entries(env).filter(([name]) => !OWN.has(name) && !OF_PLATFORMS.has(name))),
    passedOver: given
      .map(([name]) => name)
      // What "mlserve build image" reads is no setting of a pod, and nobody expects it here.
      .filter((name) => !name.startsWith('MLSERVE_IMAGE_')),
  };
}
