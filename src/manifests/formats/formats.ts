/** The table of formats: the objects of environments → the files of a format, and the command that gives them to a cluster. */
import type { EnvironmentObjects } from '../environment-objects.ts';
import type { OutputFile } from '../manifest.ts';
import { helm } from './helm/helm.ts';
import { kustomize } from './kustomize.ts';
import { plainYaml } from './plain-yaml.ts';

export interface FormatInput {
  /** Of production, whether it is written or not. */
  readonly base: EnvironmentObjects;
  readonly environments: readonly EnvironmentObjects[];
}

interface FormatRow {
  readonly files: (input: FormatInput) => readonly OutputFile[];
  /** For the environment, of a service whose files are in the folder. */
  readonly next: (folder: string, objects: EnvironmentObjects) => string;
}

export const FORMATS = {
  kustomize: {
    files: ({ base, environments }) => kustomize(base, environments),
    next: (folder, { facts }) => `kubectl apply -k ${folder}/overlays/${facts.environment}`,
  },
  yaml: {
    files: ({ environments }) => plainYaml(environments),
    next: (folder, { facts }) => `kubectl apply -f ${folder}/${facts.environment}/manifests.yaml`,
  },
  helm: {
    files: ({ base, environments }) => helm(base, environments),
    next: (folder, { facts: { environment, namespace, spec } }) =>
      `helm upgrade --install ${spec.name} ${folder} --namespace ${namespace}${environment === 'prod' ? '' : ` --values ${folder}/values-${environment}.yaml`}`,
  },
} as const satisfies Record<string, FormatRow>;

export type Format = keyof typeof FORMATS;
