/** The CPU that a pod requests × what it takes when it cannot answer more → the use at which more pods are started. */
import type { Saturation } from '../../lock/measurement.ts';
import type { Derived } from '../numbers.ts';

/** What is left carries the load while new pods load their models. */
const DEFAULT_PERCENT = 70;
/** Of the use of a pod that cannot answer more. */
const SATURATION_SHARE = 0.8;
const LEAST_PERCENT = 10;
const WHY = 'percent of the requested CPU: what is left carries the load while new pods load their models';

/** `declared`: 0 derives it. `most` is undefined where it is not known. */
export function cpuTarget(declared: number, millicores: number, most: Saturation | undefined): Derived {
  if (declared > 0) return { value: declared, why: `deploy.cpuTarget, in ${WHY}` };
  if (most === undefined) return { value: DEFAULT_PERCENT, why: WHY };
  const full = Math.floor((most.cores * 100_000) / millicores);
  const derived = Math.max(LEAST_PERCENT, Math.floor(full * SATURATION_SHARE));
  if (derived >= DEFAULT_PERCENT) return { value: DEFAULT_PERCENT, why: WHY };
  return {
    value: derived,
    why: `${SATURATION_SHARE} × the ${full} percent of the requested CPU that a pod takes when it cannot answer more, as measured: it would never come to ${DEFAULT_PERCENT}`,
  };
}
