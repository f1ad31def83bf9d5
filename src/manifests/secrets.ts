/** A service → the Secrets it reads and where their files are mounted. Secrets are only named here: nobody writes their content into a file. */
import type { IEnvVar } from 'kubernetes-models/v1/EnvVar';
import type { IVolume } from 'kubernetes-models/v1/Volume';
import type { IVolumeMount } from 'kubernetes-models/v1/VolumeMount';
import { environmentName } from '../service/settings.ts';
import type { ServiceSpec } from '../service/spec.ts';
import type { DeploymentFacts } from './deployment-facts.ts';
import { nameWith } from './names.ts';

const FOLDER = '/etc/mlserve';
/** The member of the Secret with the hashes of the API keys, as `mlserve key create` prints them. */
const KEYS_FILE = `${FOLDER}/keys/keys`;
/** The members that a Secret of the type kubernetes.io/tls has, and that of the authority beside them. */
const TLS_FILES = {
  cert: `${FOLDER}/tls/tls.crt`,
  key: `${FOLDER}/tls/tls.key`,
  clientCa: `${FOLDER}/tls/ca.crt`,
} as const;
/** Of the Secret with the API key, in plain, with which Prometheus asks for metrics. */
export const METRICS_KEY = 'key';

/** Read by the owner and the group of the pod; by everybody in the container where a pod has no group, as with Knative. */
const MODE = { grouped: 0o440, ungrouped: 0o444 };

export interface SecretNames {
  readonly keys: string | undefined;
  readonly tls: string | undefined;
  /** For Prometheus. */
  readonly metricsKey: string | undefined;
}

export function secretsOf({ name, auth, tls, deploy }: ServiceSpec): SecretNames {
  const hasKeys = auth.keysFile !== '';
  return {
    keys: hasKeys ? deploy.keysSecret || nameWith(name, 'api-keys') : undefined,
    tls: tls.cert === '' ? undefined : deploy.tlsSecret || nameWith(name, 'tls'),
    metricsKey: hasKeys ? nameWith(name, 'metrics-key') : undefined,
  };
}

/** Whole folders, so that renewed files arrive in running pods. */
export function secretVolumes({ spec, platform }: Pick<DeploymentFacts, 'spec' | 'platform'>): {
  readonly volumes: IVolume[];
  readonly mounts: IVolumeMount[];
} {
  const defaultMode = platform === 'knative' ? MODE.ungrouped : MODE.grouped;
  const { keys, tls } = secretsOf(spec);
  const used = [
    ...(keys === undefined ? [] : [{ name: 'keys', secretName: keys }]),
    ...(tls === undefined ? [] : [{ name: 'tls', secretName: tls }]),
  ];
  return {
    volumes: used.map(({ name, secretName }) => ({ name, secret: { secretName, defaultMode } })),
    mounts: used.map(({ name }) => ({ name, mountPath: `${FOLDER}/${name}`, readOnly: true })),
  };
}

/** In the pod and not in the ConfigMap: they belong to the mounts, and checkers take `KEY` in a ConfigMap for a secret. */
export function secretVariables({ auth, tls }: ServiceSpec): readonly IEnvVar[] {
  const tlsParts = (['cert', 'key', 'clientCa'] as const).filter((part) => tls[part] !== '');
  return [
    ...(auth.keysFile === '' ? [] : [{ name: environmentName('auth.keysFile'), value: KEYS_FILE }]),
    ...tlsParts.map((part) => ({ name: environmentName(`tls.${part}`), value: TLS_FILES[part] })),
  ];
}
