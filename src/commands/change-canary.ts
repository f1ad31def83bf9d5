/** `mlserve deploy --canary N --apply`, `--promote`, `--rollback`: a project × a cluster → the canary started, made the service, or taken back. */
import { MlserveError } from '../errors.ts';
import type { Plan } from '../manifests/canary/plan.ts';
import { type ShippedModel, shippedModels } from '../manifests/deployment-facts.ts';
import { deriveNumbers } from '../manifests/numbers.ts';
import type { PodAnswer } from '../manifests/rollout/compare-digests.ts';
import { rolloutSeconds } from '../manifests/rollout/deadline.ts';
import type { Io } from '../ports.ts';
import { carryOut, type StepOptions } from './carry-out.ts';
import { confirmCluster } from './confirm-cluster.ts';
import { interruptible } from './interruptible.ts';
import { type CanaryAction, type ChangeOptions, type PreparedChange, prepareChange } from './prepare-change.ts';
import { readTimeout } from './read-timeout.ts';

export interface ChangeCanaryOptions
  extends ChangeOptions,
    Pick<StepOptions, 'dryRun' | 'forceConflicts' | 'requireCrds'> {
  readonly yes: boolean;
  /** As a person writes it: `5m`. */
  readonly timeout?: string | undefined;
}

export interface ChangeCanaryResult {
  readonly action: CanaryAction;
  readonly environment: string;
  readonly context: string;
  readonly server: string;
  readonly namespace: string;
  readonly service: string;
  /** Of the project; none of a rollback, which asks only the cluster. */
  readonly models: readonly ShippedModel[];
  /** What it comes to. */
  readonly says: string;
  readonly outcome: Plan['outcome'];
  readonly steps: readonly string[];
  /** That were waited for. */
  readonly pods: readonly PodAnswer[];
  readonly dryRun: boolean;
}

export async function changeCanary(options: ChangeCanaryOptions, io: Io): Promise<ChangeCanaryResult> {
  const { action, dryRun, yes } = options;
  const timeoutMs = options.timeout === undefined ? undefined : readTimeout(options.timeout);
  const prepared = await prepareChange(options, io);
  const { plan, work, spec, environment, objects } = prepared;
  for (const [at, { says }] of plan.steps.entries()) io.terminal.info(`  ${at + 1}. ${says}`);
  if (!dryRun) await confirmCluster(`${plan.says}: change`, work, { yes }, io);
  const stepOptions = { ...options, spec, limit: limitOf(prepared, timeoutMs) };
  const pods: PodAnswer[] = [];
  await interruptible(io, async (signal) => {
    for (const step of plan.steps) pods.push(...(await carryOut(step, work, stepOptions, io, signal)));
  }).catch((error: unknown) => {
    throw error instanceof MlserveError && error.code === 'INTERRUPTED' ? interrupted(error) : error;
  });
  const { namespace, cluster } = work;
  const steps = plan.steps.map(({ says }) => says);
  const models = objects === undefined ? [] : shippedModels(objects.facts);
  const { says, outcome } = plan;
  const place = { environment, ...cluster.place, namespace, service: spec.name };
  return { action, ...place, models, says, outcome, steps, pods, dryRun };
}

/** Without a project to derive it from, as long as Kubernetes gives a pod to get on. */
function limitOf({ objects, state }: PreparedChange, timeoutMs: number | undefined): (pods: number) => number {
  if (timeoutMs !== undefined) return () => timeoutMs / 1000;
  if (objects !== undefined) return (pods) => rolloutSeconds(deriveNumbers(objects.facts), pods).value;
  const seconds = state.stable?.spec.progressDeadlineSeconds ?? PROGRESS_SECONDS;
  return (pods) => seconds * Math.max(1, pods);
}

/** The default of Kubernetes. */
const PROGRESS_SECONDS = 600;

function interrupted(error: MlserveError): MlserveError {
  const hint = 'run the same command again: it goes on from what the cluster holds; "mlserve status --kube" shows it';
  return new MlserveError('INTERRUPTED', `${error.message}; what was done stays`, { hint, cause: error });
}
