/** A service → how many threads its models run with in a pod. */
import type { ModelSpec, ServiceSpec } from '../service/spec.ts';

/** Cores of the models of a service, and the model that needs most. */
export interface PodCores {
  /** Of the largest model: its sessions × their threads, one where `engine.threads` derives them. */
  readonly needed: number;
  readonly largest: { readonly name: string; readonly instances: number; readonly threads: number };
  /** Whole cores that the models get; the limit has one more, for the event loop. */
  readonly cores: number;
}

export function podCores({ models, deploy }: Pick<ServiceSpec, 'models' | 'deploy'>): PodCores {
  const sizes = models.map(({ name, engine: { instances, threads } }) => ({
    ...{ name, instances, threads: Math.max(1, threads) },
  }));
  const coresOf = (size: (typeof sizes)[number]): number => size.instances * size.threads;
  const largest = sizes.reduce((most, each) => (coresOf(each) > coresOf(most) ? each : most));
  const needed = coresOf(largest);
  return { needed, largest, cores: deploy.cpuMillicores > 0 ? Math.ceil(deploy.cpuMillicores / 1000) : needed };
}

/** What the server derives from the CPU limit, or is told by the ConfigMap where there is none. */
export function threadsInPod(
  spec: Pick<ServiceSpec, 'models' | 'deploy'>,
  { engine }: Pick<ModelSpec, 'engine'>,
): number {
  if (engine.threads > 0) return engine.threads;
  const { cores, largest } = podCores(spec);
  const all = spec.models.reduce((sum, { engine: { instances } }) => sum + instances, 0);
  return Math.max(1, Math.floor(cores / (spec.deploy.cpuLimit === 'on' ? all : largest.instances)));
}
