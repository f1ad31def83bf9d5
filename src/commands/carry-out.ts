/** The steps of a plan × a cluster → the steps carried out, each said when it begins; on a dry run, judged by the API server. */
import { MlserveError } from '../errors.ts';
import type { Step } from '../manifests/canary/plan.ts';
import { INSTANCE_LABEL, NAME_LABEL } from '../manifests/canary/track.ts';
import type { Cluster } from '../manifests/cluster.ts';
import type { KubernetesObject } from '../manifests/manifest.ts';
import { compareDigests, type PodAnswer } from '../manifests/rollout/compare-digests.ts';
import { missingText, sortByKind } from '../manifests/rollout/missing-kinds.ts';
import type { Io } from '../ports.ts';
import type { ServiceSpec } from '../service/spec.ts';
import { applyObjects } from './apply-objects.ts';
import { awaitAnswers } from './await-answers.ts';
import type { ClusterWork } from './confirm-cluster.ts';

export interface StepOptions {
  readonly spec: ServiceSpec;
  readonly dryRun: boolean;
  readonly forceConflicts: boolean;
  readonly requireCrds: boolean;
  /** Seconds that so many pods may take. */
  readonly limit: (pods: number) => number;
}

/** The pods that were waited for, with what they serve. Throws what the cluster refuses, ROLLOUT_FAILED, DIGEST_MISMATCH. */
export async function carryOut(
  step: Step,
  work: ClusterWork,
  options: StepOptions,
  io: Pick<Io, 'clock' | 'terminal'>,
  signal: AbortSignal,
): Promise<readonly PodAnswer[]> {
  const { dryRun } = options;
  if (!dryRun) io.terminal.info(step.says);
  if (step.kind === 'apply') await apply(step.objects, work.cluster, options, io, signal);
  if (step.kind === 'remove') for (const part of step.parts) await work.cluster.remove(part, { dryRun });
  return step.kind === 'wait' && !dryRun ? await prove(step, work, options, io, signal) : [];
}

async function apply(
  objects: readonly KubernetesObject[],
  cluster: Cluster,
  options: StepOptions,
  { terminal }: Pick<Io, 'terminal'>,
  signal: AbortSignal,
): Promise<void> {
  const versions = [...new Set(objects.map(({ apiVersion }) => apiVersion))];
  const kinds = await Promise.all(versions.map(async (version) => [version, await cluster.kinds(version)] as const));
  const { taken, missing } = sortByKind(objects, new Map(kinds));
  const skipped = missing.map(missingText);
  if (skipped.length > 0 && options.requireCrds) {
    const hint = 'have them installed, or leave --require-crds out and the objects are skipped';
    throw new MlserveError('CLUSTER_REFUSED', skipped.join('; '), { where: cluster.place.context, hint });
  }
  for (const text of skipped) terminal.info(`  skipped  ${text}`);
  await applyObjects(cluster, taken, options, { terminal }, signal);
}

async function prove(
  { deployment: name, identity }: Step & { readonly kind: 'wait' },
  work: ClusterWork,
  { spec, limit }: StepOptions,
  io: Pick<Io, 'clock' | 'terminal'>,
  signal: AbortSignal,
): Promise<readonly PodAnswer[]> {
  const subject = { ...work, name, labels: { [NAME_LABEL]: spec.name, [INSTANCE_LABEL]: name } };
  const { pods: answers } = await awaitAnswers(subject, { facts: { spec }, limit }, io, signal);
  const issues = compareDigests(answers, identity.models, `the template of ${name}`);
  if (issues.length === 0) return answers;
  const hint = 'the pods answer as before; nothing after this step was done: see "mlserve status --kube"';
  throw new MlserveError('DIGEST_MISMATCH', 'what runs is not shown to be what was meant', {
    ...{ where: `namespace ${work.namespace}`, issues, hint },
  });
}
