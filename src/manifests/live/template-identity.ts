/** The template of pods → which service and models they are, as their annotations say. */
import { shortDigest } from '../names.ts';
import type { PodTemplate } from './live-objects.ts';

export interface TemplateIdentity {
  /** Of the service. Empty, as the rest, where pods were not made by mlserve. */
  readonly version: string;
  readonly models: readonly { readonly name: string; readonly version: string; readonly digest: string }[];
  readonly lockDigest: string;
  readonly image: string;
}

export function templateIdentity({ metadata, spec }: PodTemplate): TemplateIdentity {
  const said = (key: string): string => metadata?.annotations?.[`mlserve.dev/${key}`] ?? '';
  const main = { name: said('model-name'), version: said('model-version'), digest: said('model-digest') };
  const containers = spec?.containers ?? [];
  const server = containers.find(({ name }) => name === 'server') ?? containers[0];
  return {
    version: said('service-version'),
    models: severalModels(said('models')) ?? (main.digest === '' ? [] : [main]),
    lockDigest: said('lock-digest'),
    image: server?.image ?? '',
  };
}

/** The same models out of the same image. */
export function isSameRevision(one: TemplateIdentity, other: TemplateIdentity): boolean {
  return one.lockDigest !== '' && one.lockDigest === other.lockDigest && one.image === other.image;
}

/** `1.4.0 (iris 1.4.0 9f86d081884c)` */
export function identityText({ version, models, image }: TemplateIdentity): string {
  const all = models.map((each) => `${each.name} ${each.version} ${each.digest.replace(/^sha256:/, '').slice(0, 12)}`);
  return models.length === 0 ? `image ${image}` : `${version} (${all.join(', ')})`;
}

/** Both in words, with their images where nothing else differs: another build of the same models. */
export function tellApart(one: TemplateIdentity, other: TemplateIdentity): readonly [string, string] {
  const [first, second] = [identityText(one), identityText(other)];
  if (first !== second || one.image === other.image) return [first, second];
  return [`${first}, image ${imageText(one)}`, `${second}, image ${imageText(other)}`];
}

function imageText({ image }: TemplateIdentity): string {
  const [, digest] = image.split('@');
  return digest === undefined ? image : shortDigest(digest);
}

/** Undefined for text that is not ours. */
function severalModels(text: string): TemplateIdentity['models'] | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const isModel = (each: unknown): each is TemplateIdentity['models'][number] =>
      ['name', 'version', 'digest'].every((key) => typeof (each as Record<string, unknown> | null)?.[key] === 'string');
    return Array.isArray(value) && value.every(isModel) ? value : undefined;
  } catch {
    return undefined;
  }
}
