/** The table of formats: the objects of environments → the files of a format, and the command that gives them to a cluster. */
import type { Platform } from '../deployment-facts.ts';
import type { EnvironmentObjects } from '../environment-objects.ts';
import type { OutputFile } from '../manifest.ts';
import { releaseName } from '../names.ts';
import { helm } from './helm/helm.ts';
import { kustomize } from './kustomize.ts';
import { plainYaml } from './plain-yaml.ts';
import { shellWord } from './shell-word.ts';

export interface FormatInput {
  /** Of production, whether it is written or not. */
  readonly base: EnvironmentObjects;
  readonly environments: readonly EnvironmentObjects[];
}

interface FormatRow {
  readonly platform: Platform;
  readonly files: (input: FormatInput) => readonly OutputFile[];
  /** For the environment, of a service whose files are in the folder. */
  readonly next: (folder: string, objects: EnvironmentObjects) => string;
}

/** A file for each environment. */
const PLAIN: Omit<FormatRow, 'platform'> = {
  files: ({ environments }) => plainYaml(environments),
  next: (folder, { facts }) => `kubectl apply -f ${shellWord(`${folder}/${facts.environment}/manifests.yaml`)}`,
};

export const FORMATS = {
  kustomize: {
    platform: 'kubernetes',
    files: ({ base, environments }) => kustomize(base, environments),
    next: (folder, { facts }) => `kubectl apply -k ${shellWord(`${folder}/overlays/${facts.environment}`)}`,
  },
  yaml: {
    platform: 'kubernetes',
    ...PLAIN,
  },
  helm: {
    platform: 'kubernetes',
    files: ({ base, environments }) => helm(base, environments),
    next: (folder, { facts: { environment, namespace, spec } }) =>
      [
        `helm upgrade --install ${releaseName(spec.name)} ${shellWord(folder)} --namespace ${namespace}`,
        ...(environment === 'prod' ? [] : [`--values ${shellWord(`${folder}/values-${environment}.yaml`)}`]),
      ].join(' '),
  },
  kserve: { platform: 'kserve', ...PLAIN },
  knative: { platform: 'knative', ...PLAIN },
} as const satisfies Record<string, FormatRow>;

export type Format = keyof typeof FORMATS;
