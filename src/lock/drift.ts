/** The lock × what is on disk now → every difference, each with the file, the kind of change and the command that accepts it. */
import type { Issue } from '../issue.ts';
import { canonicalJson, type JsonValue } from './canonical-json.ts';
import type { Lock, LockedFile, LockedModel } from './lock.ts';
import { LOCK_FILE } from './lockfile.ts';
import { pairModels } from './pair-models.ts';

const ACCEPT = 'run "mlserve lock" to accept it, or bring back what was locked';

/** `current` is the lock that would be written now. Empty when nothing that ships has changed. */
export function findDrift(lock: Lock, current: Lock): readonly Issue[] {
  const { pairs, extra, missing } = pairModels(lock.models, current.models);
  return [
    ...serviceDrift(lock, current),
    ...pairs.flatMap((pair) => [...modelVersionDrift(lock, current, pair), ...modelDrift(...pair)]),
    ...extra.flatMap(({ name, path }) =>
      drift('extra', path, `the lock records a model "${name}" that the service no longer has`),
    ),
    ...missing.flatMap(({ name, path }) => drift('missing', path, `the model "${name}" is not in the lock`)),
  ];
}

function serviceDrift(lock: Lock, current: Lock): readonly Issue[] {
  const [was, is] = [lock.service, current.service];
  return [
    ...(was.name === is.name
      ? []
      : drift('service', 'mlserve.yaml', `the service was called "${was.name}", now "${is.name}"`)),
    ...versionDrift('the service', was.version, is.version),
    ...(lock.runtime.version === current.runtime.version
      ? []
      : drift(
          'runtime',
          'onnxruntime-node',
          `the runtime changed from ${lock.runtime.version} to ${current.runtime.version}, which can change predictions`,
        )),
  ];
}

function modelDrift(locked: LockedModel, now: LockedModel): readonly Issue[] {
  const { name } = locked;
  return [
    ...(locked.path === now.path ? [] : drift('path', now.path, `the model "${name}" was at ${locked.path}`)),
    ...digestDrift(locked, now),
    ...fileDrift(locked, now),
    ...edits(locked, now),
    ...(locked.schema === now.schema
      ? []
      : drift('schema', 'mlserve.yaml', `the features or outputs of the model "${name}" changed`)),
  ];
}

/** A model that follows the version of the service has no change of its own to report. */
function modelVersionDrift(
  lock: Lock,
  current: Lock,
  [was, is]: readonly [LockedModel, LockedModel],
): readonly Issue[] {
  if (was.version === lock.service.version && is.version === current.service.version) return [];
  return versionDrift(`the model "${is.name}"`, was.version, is.version);
}

function versionDrift(what: string, was: string, is: string): readonly Issue[] {
  return was === is ? [] : drift('version', 'mlserve.yaml', `the version of ${what} changed from ${was} to ${is}`);
}

function digestDrift({ digests: was }: LockedModel, { digests: is, path }: LockedModel): readonly Issue[] {
  if (was.model === is.model) return [];
  const change = `(${short(was.model)} → ${short(is.model)})`;
  const kinds = [
    ...(was.signature === is.signature
      ? []
      : drift('signature', path, `the inputs or outputs of the model changed ${change}`)),
    ...(was.graph === is.graph ? [] : drift('graph', path, `the operators of the model changed ${change}`)),
    ...(was.weights === is.weights ? [] : drift('weights', path, `the weights of the model changed ${change}`)),
  ];
  if (kinds.length > 0) return kinds;
  const message = `the bytes of the model changed, but not its operators, weights, inputs or outputs ${change}`;
  return drift('bytes', path, message);
}

/** The same bytes can only have the same record: what differs was not written by us. */
function edits(locked: LockedModel, now: LockedModel): readonly Issue[] {
  if (locked.digests.model !== now.digests.model) return [];
  const parts: readonly (readonly [name: string, was: unknown, is: unknown])[] = [
    ...(['graph', 'weights', 'signature'] as const).map(
      (kind) => [`digests.${kind}`, locked.digests[kind], now.digests[kind]] as const,
    ),
    // The name of the file is part of `path`, and data files have findings of their own.
    ['files[0].bytes', locked.files[0]?.bytes, now.files[0]?.bytes],
    ['files[0].digest', locked.files[0]?.digest, now.files[0]?.digest],
    ['signature', locked.signature, now.signature],
  ];
  return parts
    .filter(([, was, is]) => canonicalJson(was as JsonValue) !== canonicalJson(is as JsonValue))
    .flatMap(([part]) => {
      const message = `${part} of the model "${now.name}" is not that of the file with the recorded digest: the lock was edited, or written by another mlserve`;
      return drift('edited', LOCK_FILE, message);
    });
}

/** Data files beside the model; the model file itself is covered by the digests. */
function fileDrift(locked: LockedModel, now: LockedModel): readonly Issue[] {
  const byPath = (files: readonly LockedFile[]) => new Map(files.slice(1).map((file) => [file.path, file]));
  const [was, is] = [byPath(locked.files), byPath(now.files)];
  const place = (file: string): string => now.path.slice(0, now.path.lastIndexOf('/') + 1) + file;
  return [
    ...[...was].flatMap(([path, file]) => {
      const other = is.get(path);
      if (other === undefined) return drift('data-file', place(path), 'the model no longer uses this data file');
      if (other.digest === file.digest) return [];
      return drift('data-file', place(path), `the data file changed (${short(file.digest)} → ${short(other.digest)})`);
    }),
    ...[...is.keys()]
      .filter((path) => !was.has(path))
      .flatMap((path) => drift('data-file', place(path), 'the lock does not record this data file')),
  ];
}

function drift(kind: string, where: string, message: string): readonly Issue[] {
  return [{ rule: `lock.${kind}`, severity: 'error', where, message, hint: ACCEPT }];
}

/** Enough of a digest for people to compare. */
function short(digest: string): string {
  return digest.slice(0, 'sha256:'.length + 12);
}
