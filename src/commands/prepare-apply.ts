/** A project × one environment × the cluster that the kubeconfig names → what an apply would do there. */
import { MlserveError } from '../errors.ts';
import { type ShippedModel, shippedModels } from '../manifests/deployment-facts.ts';
import type { EnvironmentObjects } from '../manifests/environment-objects.ts';
import { imageReference } from '../manifests/identity.ts';
import type { Io } from '../ports.ts';
import { type ClusterWork, placeText } from './confirm-cluster.ts';
import { type EnvironmentOptions, planEnvironments } from './deploy-environments.ts';
import { readDeployment } from './deploy-facts.ts';
import type { ImageOptions } from './deploy-image.ts';
import { type ApplyPlan, type PlanOptions, planApply } from './plan-apply.ts';

export interface PrepareOptions extends ImageOptions, EnvironmentOptions, PlanOptions {
  readonly project: string;
  /** Of the kubeconfig; its current one when absent. */
  readonly context?: string | undefined;
}

export interface PreparedApply {
  readonly objects: EnvironmentObjects;
  readonly work: ClusterWork;
  readonly plan: ApplyPlan;
}

/** What every result says. */
export interface ApplyFacts extends Omit<ApplyPlan, 'objects'> {
  readonly environment: string;
  readonly context: string;
  readonly server: string;
  readonly namespace: string;
  readonly image: string;
  readonly models: readonly ShippedModel[];
}

/** Throws USAGE without an environment, and what `deploy` throws before it writes files. Nothing is changed. */
export async function prepareApply(options: PrepareOptions, io: Io): Promise<PreparedApply> {
  if (options.env === undefined) {
    throw new MlserveError('USAGE', 'an environment must be named: a cluster gets one at a time', {
      hint: 'add --env dev, --env staging or --env prod',
    });
  }
  const { facts } = await readDeployment(options, io);
  const [objects] = planEnvironments(facts, options).environments;
  if (objects === undefined) throw new Error(`no objects of ${options.env}`);
  const cluster = await io.cluster({ context: options.context });
  const work = { cluster, namespace: objects.facts.namespace };
  io.terminal.info(placeText(work));
  return { objects, work, plan: await planApply(objects, cluster, options) };
}

export function applyFacts({ objects, work, plan }: PreparedApply): ApplyFacts {
  const { facts } = objects;
  return {
    environment: facts.environment,
    ...work.cluster.place,
    namespace: work.namespace,
    image: imageReference(facts.image),
    models: shippedModels(facts),
    changes: plan.changes,
    skipped: plan.skipped,
  };
}
