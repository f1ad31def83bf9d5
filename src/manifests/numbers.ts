/** A service × its lock × the environment → the numbers of a pod, each with how it came about. */
import { defaultLoadLimits } from '../model/load-limits.ts';
import { type DeploymentFacts, modelsOf, type PairedModel } from './deployment-facts.ts';

export interface Derived {
  readonly value: number;
  /** For people who read the manifest. */
  readonly why: string;
}

export interface Numbers {
  /** Thousandths of a core. */
  readonly cpuMillicores: Derived;
  /** Whole cores; undefined: no limit. */
  readonly cpuLimit: Derived | undefined;
  /** Threads of a session, where there is no limit to derive them from. */
  readonly threads: Derived | undefined;
  readonly memoryMebibytes: Derived;
  /** Of JavaScript objects. */
  readonly heapMebibytes: Derived;
  readonly startupSeconds: Derived;
  /** Between "not ready" and the closed port. */
  readonly drainDelayMs: Derived;
  readonly graceSeconds: Derived;
}

const MIB = 2 ** 20;
/** Node's code, stacks and own data. */
const NODE_MIB = 64;
const HEAP_MIB = 128;
/** A model file, what the runtime makes of it, and the tensors of a run. */
const MODEL_COPIES = 2.5;
const MEMORY_STEP_MIB = 64;
const START_SECONDS = 60;
const LOAD_MARGIN = 4;
/** Kubernetes tells load balancers and pods at the same time; slow ones know after some seconds. */
const DRAIN_DELAY_MS = 10_000;
/** What the server adds to its own time limit, and the end of the process. */
const EXIT_SECONDS = 5;
const DEV_MILLICORES = 100;

export function deriveNumbers(facts: DeploymentFacts): Numbers {
  const { drain } = facts.spec;
  const memory = memoryOf(facts);
  const drainDelayMs =
    drain.delayMs > 0
      ? { value: drain.delayMs, why: 'drain.delayMs' }
      : { value: DRAIN_DELAY_MS, why: '0 in mlserve.yaml, and load balancers need some seconds to notice' };
  const seconds = Math.ceil((drainDelayMs.value + drain.timeoutMs) / 1000);
  return {
    ...cpuOf(facts),
    ...memory,
    startupSeconds: startupOf(facts),
    drainDelayMs,
    graceSeconds: {
      value: seconds + EXIT_SECONDS,
      why: `${drainDelayMs.value / 1000} s until load balancers have noticed + ${drain.timeoutMs / 1000} s for requests in flight (drain.timeoutMs) + ${EXIT_SECONDS} s to end`,
    },
  };
}

function cpuOf(facts: DeploymentFacts): Pick<Numbers, 'cpuMillicores' | 'cpuLimit' | 'threads'> {
  const { deploy } = facts.spec;
  const sizes = modelsOf(facts).map(({ spec: { name, engine } }) => {
    const threads = Math.max(1, engine.threads);
    return { name, ...engine, threads, cores: engine.instances * threads };
  });
  const largest = sizes.reduce((most, each) => (each.cores > most.cores ? each : most));
  const derived = {
    value: largest.cores * 1000,
    why: `one core for each thread that runs ${largest.name}: ${largest.instances} (engine.instances) × ${largest.threads} (engine.threads)`,
  };
  const wanted = deploy.cpuMillicores > 0 ? { value: deploy.cpuMillicores, why: 'deploy.cpuMillicores' } : derived;
  const cpuMillicores =
    facts.environment === 'dev' && wanted.value > DEV_MILLICORES
      ? { value: DEV_MILLICORES, why: 'dev takes little from others; it may use what is free, up to the limit' }
      : wanted;
  const cores = Math.ceil(wanted.value / 1000);
  if (deploy.cpuLimit === 'off') {
    const isFixed = facts.spec.models.some(({ engine }) => engine.threads > 0);
    const threads = {
      value: Math.max(1, Math.floor(cores / largest.instances)),
      why: 'without a CPU limit the server would take a thread for every core of the node',
    };
    return { cpuMillicores, cpuLimit: undefined, threads: isFixed ? undefined : threads };
  }
  const why = `${cores} for the model + 1 for the event loop; the server derives its threads from this limit`;
  return { cpuMillicores, cpuLimit: { value: cores + 1, why }, threads: undefined };
}

function memoryOf(facts: DeploymentFacts): Pick<Numbers, 'memoryMebibytes' | 'heapMebibytes'> {
  const { deploy, limits } = facts.spec;
  const models = modelsOf(facts).reduce((sum, model) => sum + nativeBytes(model), 0);
  const bodies = Math.ceil(limits.queueBytes / MIB);
  const native = Math.ceil(models / MIB);
  const parts = `${NODE_MIB + HEAP_MIB} for Node + ${bodies} for bodies (limits.queueBytes) + ${native} for models (${MODEL_COPIES} × their bytes × engine.instances)`;
  const sum = NODE_MIB + HEAP_MIB + bodies + native;
  const memory =
    deploy.memoryBytes > 0
      ? { value: Math.ceil(deploy.memoryBytes / MIB), why: 'deploy.memoryBytes' }
      : {
          value: Math.ceil(sum / MEMORY_STEP_MIB) * MEMORY_STEP_MIB,
          why: `MiB: ${parts}, rounded up to ${MEMORY_STEP_MIB}`,
        };
  const rest = memory.value - NODE_MIB - bodies - native;
  return {
    memoryMebibytes: memory,
    heapMebibytes: {
      value: Math.max(HEAP_MIB, rest),
      why: `MiB of JavaScript objects: what the memory limit leaves beside bodies (${bodies}), models (${native}) and ${NODE_MIB} for Node; at least ${HEAP_MIB}`,
    },
  };
}

function nativeBytes({ spec, locked }: PairedModel): number {
  return fileBytes(locked) * MODEL_COPIES * spec.engine.instances;
}

function startupOf(facts: DeploymentFacts): Derived {
  const { deploy, limits } = facts.spec;
  if (deploy.startupMs > 0) return { value: Math.ceil(deploy.startupMs / 1000), why: 'deploy.startupMs' };
  const bytes = modelsOf(facts).reduce((sum, { locked }) => sum + fileBytes(locked), 0);
  const loadMs = limits.loadTimeoutMs > 0 ? limits.loadTimeoutMs : defaultLoadLimits(bytes).timeoutMs;
  const value = START_SECONDS + Math.ceil((LOAD_MARGIN * loadMs) / 1000);
  const why = `${value} s: ${START_SECONDS} s for the container + ${LOAD_MARGIN} × ${loadMs / 1000} s that validate allows for a load and a run of ${(bytes / MIB).toFixed(1)} MiB`;
  return { value, why };
}

function fileBytes({ files }: PairedModel['locked']): number {
  return files.reduce((sum, { bytes }) => sum + bytes, 0);
}
