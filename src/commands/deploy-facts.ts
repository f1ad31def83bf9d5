/** A project × what the command line says of the image → the facts that manifests are made of, verified against the lock and the disk. */
import { MlserveError } from '../errors.ts';
import { lockMissing } from '../lock/absent-lock.ts';
import { findDrift } from '../lock/drift.ts';
import { digestOfLock } from '../lock/lockfile.ts';
import { deployingEnvironment } from '../manifests/deploying-environment.ts';
import type { ServiceFacts } from '../manifests/deployment-facts.ts';
import { tooLittleMemory } from '../manifests/numbers/memory.ts';
import { passedOver } from '../manifests/numbers/passed-over.ts';
import type { Io } from '../ports.ts';
import { currentLock } from './current-lock.ts';
import { type ImageOptions, readImage } from './deploy-image.ts';
import { openProject } from './project.ts';

export interface Deployment {
  readonly dir: string;
  readonly facts: ServiceFacts;
}

/** Throws LOCK_MISSING, LOCK_MISMATCH, IMAGE_UNPINNED. */
export async function readDeployment(
  options: ImageOptions & { readonly project: string },
  io: Io,
): Promise<Deployment> {
  const { env, passedOver: variables } = deployingEnvironment(io.env);
  const { dir, spec, lock } = await openProject(options.project, {}, { ...io, env });
  if (lock === undefined) throw lockMissing(options.project);
  const issues = findDrift(lock, await currentLock({ dir, spec }, io));
  if (issues.length > 0) {
    const hint = 'run "mlserve lock" to accept the changes, or bring back what was locked';
    throw new MlserveError('LOCK_MISMATCH', 'what is on disk is not what mlserve.lock records', { issues, hint });
  }
  for (const name of variables) io.terminal.warn(`${name} is passed over: pods do not have it; set it in mlserve.yaml`);
  for (const sentence of [...passedOver({ spec, lock }), ...tooLittleMemory({ spec, lock })]) {
    io.terminal.warn(sentence);
  }
  const lockDigest = digestOfLock(lock);
  const { image, revision } = await readImage(options, { dir, version: spec.version, lockDigest }, io);
  return { dir, facts: { spec, lock, lockDigest, image, revision } };
}
