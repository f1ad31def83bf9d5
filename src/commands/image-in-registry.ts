/** The name of an image × registries → its configuration, of the platform of this machine where there are several. */
import type { Imaging, RegistryManifest } from '../image/imaging.ts';
import type { Reference } from '../image/reference.ts';
import type { FoundImage } from './inspect-image.ts';

/** What is read of an index, a manifest and a configuration: OCI's and Docker's have the same members. */
interface Index {
  readonly manifests?: readonly {
    readonly digest: string;
    readonly platform?: { readonly os: string; readonly architecture: string };
  }[];
}
interface Manifest {
  readonly config?: { readonly digest: string };
  readonly layers?: readonly { readonly size: number }[];
}
interface Configuration {
  readonly os?: string;
  readonly architecture?: string;
  readonly config?: { readonly Labels?: Readonly<Record<string, string>> | null };
}

export async function imageInRegistry(
  reference: Reference,
  { registry, platform }: Pick<Imaging, 'registry' | 'platform'>,
): Promise<FoundImage | undefined> {
  const top = await registry.manifest(reference);
  const own = top && (await ofPlatform(top, reference, { registry, platform }));
  const { config, layers = [] } = (own?.json ?? {}) as Manifest;
  if (top === undefined || config === undefined) return undefined;
  const { os, architecture, config: settings } = (await registry.blob(reference, config.digest)) as Configuration;
  return {
    from: `the registry ${reference.registry}`,
    platform: `${os}/${architecture}`,
    digest: top.digest,
    bytes: layers.reduce((sum, { size }) => sum + size, 0),
    labels: settings?.Labels ?? {},
  };
}

async function ofPlatform(
  top: RegistryManifest,
  reference: Reference,
  { registry, platform }: Pick<Imaging, 'registry' | 'platform'>,
): Promise<RegistryManifest | undefined> {
  const { manifests } = top.json as Index;
  if (manifests === undefined) return top;
  const wanted = platform.replace('/x64', '/amd64');
  const chosen = manifests.find(({ platform: on }) => `${on?.os}/${on?.architecture}` === wanted) ?? manifests[0];
  return chosen && (await registry.manifest({ ...reference, digest: chosen.digest }));
}
