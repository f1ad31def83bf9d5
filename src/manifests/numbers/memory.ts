/** A service × what was measured of its models → the memory of a pod, and how much of it JavaScript may fill. */
import type { DeploymentFacts, ServiceFacts } from '../deployment-facts.ts';
import type { Derived, Numbers } from '../numbers.ts';
import { fileBytes, type MeasuredModel, measuredModels, nameOf } from './measured.ts';

const MIB = 2 ** 20;
/** Node's code, stacks and own data. */
const NODE_MIB = 64;
const HEAP_MIB = 128;
/** A model file, what the runtime makes of it, and the tensors of a run. */
const MODEL_COPIES = 2.5;
/** Other inputs than those of the measurement, and memory that comes back late. */
const MEASURED_MARGIN = 1.25;
const STEP_MIB = 64;

export function memoryOf(facts: DeploymentFacts): Pick<Numbers, 'memoryMebibytes' | 'heapMebibytes'> {
  const { deploy } = facts.spec;
  const { bodies, native, sum, parts } = needOf(facts);
  const memory =
    deploy.memoryBytes > 0
      ? { value: Math.ceil(deploy.memoryBytes / MIB), why: 'deploy.memoryBytes' }
      : { value: Math.ceil(sum / STEP_MIB) * STEP_MIB, why: `MiB: ${parts}, rounded up to ${STEP_MIB}` };
  const rest = memory.value - NODE_MIB - bodies - native;
  return {
    memoryMebibytes: memory,
    heapMebibytes: {
      value: Math.max(HEAP_MIB, rest),
      why: `MiB of JavaScript objects: what the memory limit leaves beside bodies (${bodies}), models (${native}) and ${NODE_MIB} for Node; at least ${HEAP_MIB}`,
    },
  };
}

/** For whoever runs the command: what was set is less than what is known to be needed, and the cluster would end the pods. */
export function tooLittleMemory(facts: Facts): readonly string[] {
  const { memoryBytes } = facts.spec.deploy;
  const { sum, parts } = needOf(facts);
  if (memoryBytes === 0 || memoryBytes >= sum * MIB) return [];
  const set = Math.ceil(memoryBytes / MIB);
  return [`deploy.memoryBytes is ${set} MiB, and a pod may need ${sum}: ${parts}; past its limit it is ended`];
}

type Facts = Pick<ServiceFacts, 'spec' | 'lock'>;

/** MiB. */
function needOf(facts: Facts) {
  const { value: native, why } = modelMemory(measuredModels(facts));
  const bodies = Math.ceil(facts.spec.limits.queueBytes / MIB);
  const parts = `${NODE_MIB + HEAP_MIB} for Node + ${bodies} for bodies (limits.queueBytes) + ${native} for models (${why})`;
  return { bodies, native, parts, sum: NODE_MIB + HEAP_MIB + bodies + native };
}

/** MiB of all models together. */
function modelMemory(models: readonly MeasuredModel[]): Derived {
  const each = models.map((model) => ({ model, ...oneModel(model) }));
  const value = Math.ceil(each.reduce((sum, { bytes }) => sum + bytes, 0) / MIB);
  const reasons = new Set(each.map(({ why }) => why));
  const [only = ''] = reasons;
  if (reasons.size === 1) return { value, why: only };
  return { value, why: each.map(({ model, why }) => `${nameOf(model, models)}${why}`).join('; ') };
}

/** What a model adds to a process that does nothing else. Without runs the peak is that of a load. */
function oneModel({ spec, locked, measurement, why }: MeasuredModel): { readonly bytes: number; readonly why: string } {
  const files = fileBytes(locked);
  if (measurement === undefined || measurement.latency.length === 0) {
    const reason = why === '' ? 'measured without runs' : why;
    const formula = `${MODEL_COPIES} × their bytes × engine.instances`;
    return { bytes: files * MODEL_COPIES * spec.engine.instances, why: `${formula}, ${reason}` };
  }
  const { peakBytes, beforeBytes } = measurement.memory;
  const measured = peakBytes - beforeBytes;
  if (measured < files) return { bytes: MEASURED_MARGIN * files, why: `${MEASURED_MARGIN} × their bytes` };
  return { bytes: MEASURED_MARGIN * measured, why: `${MEASURED_MARGIN} × ${Math.ceil(measured / MIB)} measured` };
}
