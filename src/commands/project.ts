/** The first step of most commands: a project folder → its resolved spec, its lock, and where its files are. Types. */
import type { Lock } from '../lock/lock.ts';
import type { ServiceSpec } from '../service/spec.ts';

export interface Project {
  /** Absolute path of the folder that holds `mlserve.yaml`. */
  readonly dir: string;
  readonly spec: ServiceSpec;
  /** Undefined when there is no `mlserve.lock`. */
  readonly lock: Lock | undefined;
}
