/** Template × project × where it ships to → the one file of its pipeline. Pure: nothing is read or written here. */
import type { FilePlan } from './project-model.ts';
import { fillTemplate, type Template } from './template.ts';

export type Provider = 'github' | 'gitlab';

export interface PipelineFacts {
  readonly provider: Provider;
  /** Of the service. */
  readonly name: string;
  /** Of mlserve: the pipeline installs this one. */
  readonly version: string;
  /** Folder of the project below the root of the repository, POSIX separators; `.` for the root. */
  readonly project: string;
  /** The branch that ships. */
  readonly branch: string;
  readonly environment: string;
  /** Name of the image without tag, registry first; undefined for the registry of the provider. */
  readonly image: string | undefined;
}

/** What GitHub fills in when the job runs. */
const expression = (text: string): string => `\${{ ${text} }}`;

type Place = 'registry' | 'image' | 'user' | 'password';

/** Where the provider keeps images itself, and how a job gets in. */
const OWN_REGISTRY: Readonly<Record<Provider, (name: string) => Readonly<Record<Place, string>>>> = {
  github: (name) => ({
    registry: 'ghcr.io',
    image: `ghcr.io/${expression('github.repository')}/${name}`,
    user: expression('github.actor'),
    password: expression('github.token'),
  }),
  gitlab: (name) => ({
    registry: '$CI_REGISTRY',
    image: `$CI_REGISTRY_IMAGE/${name}`,
    user: '$CI_REGISTRY_USER',
    password: '$CI_REGISTRY_PASSWORD',
  }),
};

/** Names of the secrets or variables that a person sets for another registry. */
const OTHER_REGISTRY: Readonly<Record<Provider, Readonly<Record<'user' | 'password', string>>>> = {
  github: { user: expression('secrets.REGISTRY_USER'), password: expression('secrets.REGISTRY_PASSWORD') },
  gitlab: { user: '$REGISTRY_USER', password: '$REGISTRY_PASSWORD' },
};

export function planPipeline(template: Template, facts: PipelineFacts): FilePlan {
  const { provider, name, image } = facts;
  const file = template.files.find((each) => each.template === `${provider}.yml`);
  if (file === undefined) throw new Error(`the template has no ${provider}.yml`);
  const [registry = ''] = image?.split('/') ?? [];
  const place = image === undefined ? OWN_REGISTRY[provider](name) : { registry, image, ...OTHER_REGISTRY[provider] };
  const paths = facts.project === '.' ? '**' : `${facts.project}/**`;
  const path = file.path.replace('{{name}}', name);
  const { version, project, branch, environment } = facts;
  const values = { ...place, name, version, project, branch, environment, paths, file: path };
  return { path, text: fillTemplate(file.text, values) };
}
