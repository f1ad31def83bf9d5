/** A service and what a file is for → the comment at its top. */
import type { DeploymentFacts } from '../deployment-facts.ts';

export function headerOf({ spec, environment }: DeploymentFacts, what: string): readonly string[] {
  return [
    `${what}: ${spec.name}, ${environment}.`,
    'Written by mlserve deploy from mlserve.yaml and mlserve.lock, which are the place for changes (deploy.*, deploy.patches).',
  ];
}

/** Of files that are the same in all environments. */
export function sharedHeader({ spec }: Pick<DeploymentFacts, 'spec'>, what: string): readonly string[] {
  return [
    `${what}: ${spec.name}.`,
    'Written by mlserve deploy from mlserve.yaml and mlserve.lock, which are the place for changes (deploy.*, deploy.patches).',
  ];
}
