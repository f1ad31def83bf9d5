/** Manifests × the patches of a service → the manifests with the changes made, and a finding for each patch that does not fit. */

import type { Issue } from '../../issue.ts';
import type { DeployPatch, Environment } from '../../service/deploy-spec.ts';
import type { KubernetesObject, Manifest } from '../manifest.ts';
import { isSame, jsonPatch, PatchError } from './json-patch.ts';
import { patchedAs } from './merge-keys.ts';
import { type Data, type DataObject, isObject, strategicMerge } from './strategic-merge.ts';
import { pathAfter, valueAt } from './value-at.ts';

export interface Patched {
  readonly manifests: readonly Manifest[];
  readonly issues: readonly Issue[];
  /** Positions of the patches that met an object. */
  readonly used: ReadonlySet<number>;
}

export function applyPatches(
  manifests: readonly Manifest[],
  patches: readonly DeployPatch[],
  environment: Environment,
): Patched {
  const issues: Issue[] = [];
  const used = new Set<number>();
  const unclear = new Set<number>();
  for (const [at, patch] of patches.entries()) {
    const names = manifests.flatMap(({ object }) => (isFor(patch, object, environment) ? [object.metadata?.name] : []));
    if (names.length > 0) used.add(at);
    if (patch.name !== undefined || names.length < 2) continue;
    unclear.add(at);
    issues.push(problem(at, `there are several of ${patch.kind}: name the one that is meant, ${names.join(' or ')}`));
  }
  const patched = manifests.map((manifest) => {
    let next = manifest;
    for (const [at, patch] of patches.entries()) {
      if (unclear.has(at) || !isFor(patch, manifest.object, environment)) continue;
      try {
        next = applyOne(next, patch);
      } catch (error) {
        if (!(error instanceof PatchError)) throw error;
        issues.push(problem(at, `${manifest.object.kind}: ${error.message}`));
      }
    }
    return next;
  });
  return { manifests: patched, issues, used };
}

function isFor(patch: DeployPatch, object: KubernetesObject, environment: Environment): boolean {
  const { kind, apiVersion, name, env } = patch;
  const isNamed = name === undefined || name === object.metadata?.name;
  const isMeant = apiVersion === undefined ? !isKnative(object) : apiVersion === object.apiVersion;
  return kind === object.kind && isMeant && isNamed && (env === undefined || env === environment);
}

/** Its kind is that of another object too. */
function isKnative({ apiVersion, kind }: Pick<DeployPatch, 'apiVersion' | 'kind'>): boolean {
  return kind === 'Service' && apiVersion === 'serving.knative.dev/v1';
}

function applyOne(manifest: Manifest, { patch }: DeployPatch): Manifest {
  const before = manifest.object as unknown as DataObject;
  const after = Array.isArray(patch)
    ? jsonPatch(before, patch as readonly DataObject[])
    : strategicMerge(patchedAs(manifest.object), before, patch as DataObject);
  if (!isObject(after) || !isIdentity(before, after)) {
    throw new PatchError('apiVersion, kind and name of an object cannot be changed');
  }
  // A reason for a number that is another one now would be wrong.
  const notes = manifest.notes
    .map((note) => ({ ...note, from: note.path, path: pathAfter(note.path, before, after) }))
    .filter(({ from, path }) => isSame(valueAt(before, from), valueAt(after, path)))
    .map(({ path, text }) => ({ path, text }));
  return { ...manifest, object: after as unknown as KubernetesObject, notes };
}

function isIdentity(before: DataObject, after: DataObject): boolean {
  const keys = ['apiVersion', 'kind'];
  return keys.every((key) => before[key] === after[key]) && isSame(nameOf(before), nameOf(after));
}

function nameOf({ metadata }: DataObject): Data | undefined {
  return isObject(metadata) ? metadata.name : undefined;
}

/**
 * A patch of no object is a mistake: a kind written wrongly, or an object that the service has not. `foreign`: kinds that other formats
 * write; a patch for one of them is for those, and a warning here.
 */
export function unusedPatches(
  patches: readonly DeployPatch[],
  used: ReadonlySet<number>,
  foreign: readonly string[] = [],
): readonly Issue[] {
  return patches.flatMap((patch, at): readonly Issue[] => {
    if (used.has(at)) return [];
    const { kind, name } = patch;
    if (foreign.includes(kind) || isKnative(patch)) {
      return [{ ...problem(at, `is for other formats: this one writes no ${kind}`), severity: 'warning' }];
    }
    return [problem(at, `there is no ${kind}${name === undefined ? '' : ` called "${name}"`} to change`)];
  });
}

function problem(at: number, message: string): Issue {
  const hint = 'mlserve deploy --dry-run lists what is written; docs/deploy.md has examples of patches';
  return { rule: 'deploy.patch', severity: 'error', where: `deploy.patches[${at}]`, message, hint };
}
