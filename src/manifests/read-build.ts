/** Text of build.json, which `mlserve build image` writes → what of it a deployment needs. */
import type { Digest } from '../model/fingerprint.ts';

export interface Build {
  /** `name@sha256:…`; undefined where it was not pushed. */
  readonly image: string | undefined;
  /** With their tags: `registry.example/fraud:1.4.0`. */
  readonly tags: readonly string[];
  /** Digest of the lock that it was built from. */
  readonly lock: Digest;
  readonly revision: string | undefined;
}

/** Undefined when it is not what this version of mlserve reads. */
export function readBuild(text: string): Build | undefined {
  const value = parsed(text);
  if (value?.buildVersion !== 1 || typeof value.lock !== 'string' || !/^sha256:[0-9a-f]{64}$/.test(value.lock)) {
    return undefined;
  }
  const { image, tags, lock, revision } = value;
  return {
    image: typeof image === 'string' ? image : undefined,
    tags: Array.isArray(tags) ? tags.filter((tag): tag is string => typeof tag === 'string') : [],
    lock: lock as Digest,
    revision: revisionOf(revision),
  };
}

/** What was built with changes that nobody has committed is not that revision. */
function revisionOf(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { revision, isDirty } = value as Readonly<Record<string, unknown>>;
  if (typeof revision !== 'string' || !/^[0-9a-f]{7,64}$/.test(revision)) return undefined;
  return isDirty === false ? revision : `${revision}-dirty`;
}

/** The tag under which the image with that name was pushed. */
export function tagFor(image: string, tags: readonly string[]): string | undefined {
  const name = image.replace(/@.*$/, '');
  return tags
    .find((tag) => tag.startsWith(`${name}:`) && !tag.slice(name.length + 1).includes('/'))
    ?.slice(name.length + 1);
}

function parsed(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : undefined;
  } catch {
    return undefined;
  }
}
