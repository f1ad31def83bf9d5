/** A project × what is asked for with its canary × the cluster that the kubeconfig names → the plan, made of what the cluster holds. */
import type { Plan } from '../manifests/canary/plan.ts';
import { planCanary } from '../manifests/canary/plan-canary.ts';
import { planPromotion } from '../manifests/canary/plan-promotion.ts';
import { planRollback } from '../manifests/canary/plan-rollback.ts';
import type { TrackState } from '../manifests/canary/state.ts';
import type { EnvironmentObjects } from '../manifests/environment-objects.ts';
import type { Io } from '../ports.ts';
import type { Environment } from '../service/deploy-spec.ts';
import type { ServiceSpec } from '../service/spec.ts';
import { planOneEnvironment, refuseRollout, requireEnvironment } from './canary-environment.ts';
import { type ClusterWork, placeText } from './confirm-cluster.ts';
import { readDeployment } from './deploy-facts.ts';
import type { ImageOptions } from './deploy-image.ts';
import { openProject } from './project.ts';
import { readTrackState } from './read-track-state.ts';
import { serviceNamespace } from './service-namespace.ts';

/** `canary`: percent of the requests. */
export type CanaryAction = { readonly canary: number } | 'promote' | 'rollback';

export interface ChangeOptions extends ImageOptions {
  readonly project: string;
  readonly action: CanaryAction;
  readonly env: Environment | undefined;
  readonly namespace?: string | undefined;
  /** Of the kubeconfig; its current one when absent. */
  readonly context?: string | undefined;
}

export interface PreparedChange {
  readonly spec: ServiceSpec;
  readonly environment: Environment;
  readonly work: ClusterWork;
  readonly state: TrackState;
  readonly plan: Plan;
  /** Of the project; a rollback asks nothing of it but its name and where it is. */
  readonly objects: EnvironmentObjects | undefined;
}

/** Nothing is changed. Throws USAGE, CONFIG_INVALID, NOT_DEPLOYED, CANARY_REFUSED, and for a canary and a promotion what `deploy` throws. */
export async function prepareChange(options: ChangeOptions, io: Io): Promise<PreparedChange> {
  const { action, env, project, context } = options;
  requireEnvironment(env);
  const objects =
    action === 'rollback' ? undefined : planOneEnvironment((await readDeployment(options, io)).facts, options);
  const spec = objects?.facts.spec ?? (await openProject(project, {}, io)).spec;
  refuseRollout(spec);
  const namespace = objects?.facts.namespace ?? serviceNamespace(spec, { ...options, env });
  const work = { cluster: await io.cluster({ context }), namespace };
  io.terminal.info(placeText(work));
  const state = await readTrackState(work, spec.name);
  return { spec, environment: env, work, state, objects, plan: planOf(action, state, objects) };
}

function planOf(action: CanaryAction, state: TrackState, objects: EnvironmentObjects | undefined): Plan {
  if (objects === undefined) return planRollback(state);
  return typeof action === 'object' ? planCanary(state, objects, action.canary) : planPromotion(state, objects);
}
