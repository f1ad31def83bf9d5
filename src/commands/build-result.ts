/** What was built and pushed → the result of `mlserve build image`, which is also the content of build.json. */
import type { Revision } from '../image/labels.ts';
import type { Fingerprint } from '../model/fingerprint.ts';
import type { BuiltPlatform } from './build-platform.ts';
import type { PreparedImage } from './prepared-image.ts';
import type { PushedImage } from './push-image.ts';

/** What `deploy` reads. */
export interface BuildImageResult {
  readonly buildVersion: 1;
  readonly service: { readonly name: string; readonly version: string };
  /** `name@sha256:…`, and null when it was not pushed: only a registry can be pulled from. */
  readonly image: string | null;
  readonly digest: string | null;
  readonly tags: readonly string[];
  readonly lock: string;
  readonly models: readonly { readonly name: string; readonly version: string; readonly digests: Fingerprint }[];
  readonly revision: Revision | null;
  readonly platforms: readonly Omit<BuiltPlatform, 'sbom'>[];
  readonly timings: { readonly validateMs: number; readonly pushMs: number; readonly totalMs: number };
}

interface Outcome extends Pick<BuildImageResult, 'tags' | 'timings'> {
  readonly pushed: readonly PushedImage[];
}

export function buildResult(
  { project, lockDigest, revision }: PreparedImage,
  built: readonly BuiltPlatform[],
  { pushed, tags, timings }: Outcome,
): BuildImageResult {
  const [first] = pushed;
  return {
    buildVersion: 1,
    service: { name: project.spec.name, version: project.spec.version },
    image: first === undefined ? null : `${first.name}@${first.digest}`,
    digest: first?.digest ?? null,
    tags,
    lock: lockDigest,
    models: modelsIn(project),
    revision: revision ?? null,
    platforms: built.map(({ sbom: _, ...rest }) => rest),
    timings,
  };
}

/** As results name them. */
export function modelsIn({ lock }: PreparedImage['project']): BuildImageResult['models'] {
  return lock.models.map(({ name, version, digests }) => ({ name, version, digests }));
}
