/** `mlserve deploy --apply`: the objects of one environment → a cluster; its rollout; the proof that the pods serve what is locked. */
import { MlserveError } from '../errors.ts';
import { selectorLabels } from '../manifests/identity.ts';
import { leastPods } from '../manifests/rollout/least-pods.ts';
import { plural } from '../plural.ts';
import type { Io } from '../ports.ts';
import type { ServiceSpec } from '../service/spec.ts';
import { applyObjects } from './apply-objects.ts';
import { confirmCluster } from './confirm-cluster.ts';
import { interruptible } from './interruptible.ts';
import { type ApplyFacts, applyFacts, type PreparedApply, type PrepareOptions, prepareApply } from './prepare-apply.ts';
import { type ProvenRollout, proveRollout } from './prove-rollout.ts';
import { readTimeout } from './read-timeout.ts';
import { refuseBesideCanary } from './refuse-beside-canary.ts';
import { changeLines } from './render-changes.ts';

export interface ApplyOptions extends PrepareOptions {
  /** Say which lines change before they do. */
  readonly diff: boolean;
  readonly yes: boolean;
  readonly dryRun: boolean;
  /** As a person writes it: `5m`. */
  readonly timeout?: string | undefined;
}

export interface ApplyResult extends ApplyFacts {
  readonly dryRun: boolean;
  /** Undefined on a dry run. */
  readonly rollout?: ProvenRollout;
}

/** Throws CLUSTER_UNREACHABLE, CLUSTER_REFUSED, ROLLOUT_FAILED, DIGEST_MISMATCH, and what `deploy` throws. */
export async function applyDeployment(options: ApplyOptions, io: Io): Promise<ApplyResult> {
  const { dryRun, yes, diff, forceConflicts } = options;
  const timeoutMs = options.timeout === undefined ? undefined : readTimeout(options.timeout);
  const prepared = await prepareApply(options, io);
  const { work, plan, objects } = prepared;
  await refuseBesideCanary(work, objects.facts.spec, objects.facts.environment);
  refuseOthers(objects.facts.spec);
  const result = { ...applyFacts(prepared), dryRun };
  for (const line of changeLines(plan, diff)) io.terminal.info(line);
  const isChange = plan.changes.some(({ change }) => change !== 'same');
  if (isChange && !dryRun) await confirmCluster(`apply ${plural(plan.objects.length, 'object')} to`, work, { yes }, io);
  return interruptible(io, async (signal) => {
    await applyObjects(work.cluster, plan.objects, { dryRun, forceConflicts }, io, signal);
    if (dryRun) return result;
    const { name } = objects.facts.spec;
    const subject = { ...work, name, labels: selectorLabels(name), least: leastPods(plan.objects, name) };
    return { ...result, rollout: await proveRollout(subject, { facts: objects.facts, timeoutMs }, io, signal) };
  }).catch((error: unknown) => {
    const isInterrupted = error instanceof MlserveError && error.code === 'INTERRUPTED' && !dryRun;
    throw isInterrupted ? interrupted(error, prepared) : error;
  });
}

/** Argo takes steps of its own, for hours: there is nothing to wait for here. */
function refuseOthers({ deploy }: ServiceSpec): void {
  if (deploy.rollout !== 'argo') return;
  throw new MlserveError('USAGE', 'Argo rolls this service out (deploy.rollout), which this command cannot follow', {
    hint: 'write the files with "mlserve deploy", apply them with "kubectl apply -k", and see "kubectl argo rollouts get rollout"',
  });
}

function interrupted(error: MlserveError, { objects, work }: PreparedApply): MlserveError {
  const rollout = `deployment/${objects.facts.spec.name} --namespace=${work.namespace}`;
  return new MlserveError('INTERRUPTED', `${error.message}; what was applied stays, and its rollout goes on`, {
    hint: `see "kubectl rollout status ${rollout}", or run the same command again`,
    cause: error,
  });
}
