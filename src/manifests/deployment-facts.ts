/** What the manifests are made of: a resolved service, its lock, an image by digest, and the environment they are for. */
import type { Lock, LockedModel } from '../lock/lock.ts';
import type { Digest } from '../model/fingerprint.ts';
import type { Environment } from '../service/deploy-spec.ts';
import type { ModelSpec, ServiceSpec } from '../service/spec.ts';

/** An image that cannot become another one. */
export interface PinnedImage {
  /** Registry and repository: `registry.example/team/fraud`. */
  readonly name: string;
  /** For people. */
  readonly tag: string;
  readonly digest: Digest;
}

export interface ServiceFacts {
  readonly spec: ServiceSpec;
  /** Holds every model of the spec. */
  readonly lock: Lock;
  /** Of the canonical text of the lock. */
  readonly lockDigest: Digest;
  readonly image: PinnedImage;
  /** Of the version control that the image was built from; undefined where nobody says. */
  readonly revision: string | undefined;
}

/** Who makes the pods: Kubernetes from a Deployment, or an operator from what it is told. */
export type Platform = 'kubernetes' | 'kserve' | 'knative';

export interface DeploymentFacts extends ServiceFacts {
  /** Kubernetes when absent. */
  readonly platform?: Platform;
  readonly environment: Environment;
  readonly namespace: string;
}

/** The namespaces of the environments, from that of production. */
export function namespaceOf(environment: Environment, production: string): string {
  return environment === 'prod' ? production : `${production}-${environment}`;
}

export interface PairedModel {
  readonly spec: ModelSpec;
  readonly locked: LockedModel;
}

/** Every model of the spec with its record in the lock, in the order of the spec: the first is the default. */
export function modelsOf({ spec, lock }: Pick<ServiceFacts, 'spec' | 'lock'>): readonly PairedModel[] {
  return spec.models.map((model) => {
    const locked = lock.models.find(({ name, version }) => name === model.name && version === model.version);
    if (locked === undefined) throw new Error(`the lock does not hold ${model.name} ${model.version}`);
    return { spec: model, locked };
  });
}

/** A model of what is deployed, as results name it. */
export interface ShippedModel {
  readonly name: string;
  readonly version: string;
  readonly digest: Digest;
}

export function shippedModels(facts: Pick<ServiceFacts, 'spec' | 'lock'>): readonly ShippedModel[] {
  return modelsOf(facts).map(({ locked: { name, version, digests } }) => ({ name, version, digest: digests.model }));
}

/** The model that a request without a name means. */
export function mainModel(facts: Pick<ServiceFacts, 'spec' | 'lock'>): LockedModel {
  const [first] = modelsOf(facts);
  if (first === undefined) throw new Error('the service has no model');
  return first.locked;
}
