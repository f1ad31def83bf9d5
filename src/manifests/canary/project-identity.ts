/** The objects of a service → what its pods would be: the template of its Deployment, patches included. */
import type { EnvironmentObjects } from '../environment-objects.ts';
import type { PodTemplate } from '../live/live-objects.ts';
import { type TemplateIdentity, templateIdentity } from '../live/template-identity.ts';

export function projectIdentity({ manifests }: EnvironmentObjects): TemplateIdentity {
  const deployment = manifests.find(({ object }) => object.kind === 'Deployment')?.object;
  const { spec } = (deployment ?? {}) as { readonly spec?: { readonly template: PodTemplate } };
  return templateIdentity(spec?.template ?? {});
}
