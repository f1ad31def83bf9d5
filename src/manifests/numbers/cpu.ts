/** A service × what was measured of its largest model → the CPU of a pod, and the use of it at which more pods are started. */
import { BUSY_SHARE, type Saturation } from '../../lock/measurement.ts';
import { plural } from '../../plural.ts';
import type { DeploymentFacts } from '../deployment-facts.ts';
import type { Derived, Numbers } from '../numbers.ts';
import { type PodCores, podCores } from '../pod-threads.ts';
import { cpuTarget } from './cpu-target.ts';
import { measuredModels } from './measured.ts';

const DEV_MILLICORES = 100;
const STEP_MILLICORES = 100;
/** Of a core, for each thread: a measurement that found less was held up by something else. */
const LEAST_SHARE = 0.5;

export function cpuOf(facts: DeploymentFacts): Pick<Numbers, 'cpuMillicores' | 'cpuLimit' | 'threads' | 'cpuTarget'> {
  const { spec, environment } = facts;
  const { deploy } = spec;
  const pod = podCores(spec);
  const { cores, largest } = pod;
  const most = saturationOf(facts, pod);
  const wanted =
    deploy.cpuMillicores > 0 ? { value: deploy.cpuMillicores, why: 'deploy.cpuMillicores' } : request(pod, most);
  const cpuMillicores =
    environment === 'dev' && wanted.value > DEV_MILLICORES
      ? { value: DEV_MILLICORES, why: 'dev takes little from others; it may use what is free, up to the limit' }
      : wanted;
  const scaling = cpuTarget(deploy.cpuTarget, wanted.value, typeof most === 'string' ? undefined : most);
  if (deploy.cpuLimit === 'off') {
    const isFixed = spec.models.some(({ engine }) => engine.threads > 0);
    const threads = {
      value: Math.max(1, Math.floor(cores / largest.instances)),
      why: 'without a CPU limit the server would take a thread for every core of the node',
    };
    return { cpuMillicores, cpuLimit: undefined, threads: isFixed ? undefined : threads, cpuTarget: scaling };
  }
  const why = `${cores} for the model + 1 for the event loop; the server derives its threads from this limit`;
  return { cpuMillicores, cpuLimit: { value: cores + 1, why }, threads: undefined, cpuTarget: scaling };
}

/** What the largest model does at most, or why that is not known. */
function saturationOf(facts: DeploymentFacts, { largest, needed }: PodCores): Saturation | string {
  const model = measuredModels(facts).find(({ spec: { name, engine } }) => {
    const threads = Math.max(1, engine.threads);
    return name === largest.name && engine.instances === largest.instances && threads === largest.threads;
  });
  if (model?.measurement === undefined) return model?.why ?? 'not measured';
  const { saturation, waitedShare, machine } = model.measurement;
  if (saturation === null) return 'measured without runs';
  if (waitedShare > BUSY_SHARE) return 'measured on a machine that was busy';
  if (machine.cpus < needed) return `measured on a machine of ${machine.cpus} CPUs`;
  return saturation;
}

function request({ needed, largest }: PodCores, most: Saturation | string): Derived {
  const threads = `${largest.instances} (engine.instances) × ${largest.threads} (engine.threads)`;
  if (typeof most === 'string') {
    return { value: needed * 1000, why: `one core for each thread that runs ${largest.name}: ${threads}; ${most}` };
  }
  const taken = Math.ceil((most.cores * 1000) / STEP_MILLICORES) * STEP_MILLICORES;
  return {
    value: Math.min((needed + 1) * 1000, Math.max(needed * 1000 * LEAST_SHARE, taken)),
    why: `${largest.name} takes ${plural(most.cores, 'core')} for the ${most.rowsPerSecond} rows/s that it answers at most, as measured; rounded up to ${STEP_MILLICORES}m, at least half a core for each thread, ${threads}, and at most the limit`,
  };
}
