/** A service and its lock → which models these are: labels, annotations and variables of the objects. */
import { canonicalJson } from '../lock/canonical-json.ts';
import { type DeploymentFacts, mainModel, modelsOf, type PinnedImage, type ServiceFacts } from './deployment-facts.ts';
import { labelValue, shortDigest } from './names.ts';

const OWN = 'mlserve.dev';

/** What never changes while a Deployment lives, for a selector cannot be changed. */
export function selectorLabels(instance: string): Readonly<Record<string, string>> {
  return { 'app.kubernetes.io/name': instance, 'app.kubernetes.io/instance': instance };
}

/** Of every object. A digest is too long for a label. */
export function objectLabels(facts: DeploymentFacts): Readonly<Record<string, string>> {
  const { name, version } = facts.spec;
  return {
    ...selectorLabels(name),
    'app.kubernetes.io/version': labelValue(version),
    'app.kubernetes.io/component': 'inference',
    'app.kubernetes.io/part-of': name,
    'app.kubernetes.io/managed-by': 'mlserve',
  };
}

export function podLabels(facts: DeploymentFacts): Readonly<Record<string, string>> {
  return { ...objectLabels(facts), [`${OWN}/model`]: shortDigest(mainModel(facts).digests.model) };
}

/** A new model alone changes them, and with them the template of the pods. */
export function identityAnnotations(facts: ServiceFacts): Readonly<Record<string, string>> {
  const { name, version, digests } = mainModel(facts);
  const all = modelsOf(facts).map(({ locked }) => ({
    name: locked.name,
    version: locked.version,
    digest: locked.digests.model,
  }));
  return {
    [`${OWN}/service-version`]: facts.spec.version,
    [`${OWN}/model-name`]: name,
    [`${OWN}/model-version`]: version,
    [`${OWN}/model-digest`]: digests.model,
    [`${OWN}/graph-digest`]: digests.graph,
    [`${OWN}/weights-digest`]: digests.weights,
    [`${OWN}/signature-digest`]: digests.signature,
    ...(all.length > 1 ? { [`${OWN}/models`]: canonicalJson(all) } : {}),
    [`${OWN}/lock-digest`]: facts.lockDigest,
    [`${OWN}/runtime`]: `${facts.lock.runtime.name} ${facts.lock.runtime.version}`,
    ...(facts.revision === undefined ? {} : { [`${OWN}/revision`]: facts.revision }),
  };
}

/** The same for whoever looks into a pod, or collects its variables with its logs. */
export function identityVariables(facts: ServiceFacts): readonly { readonly name: string; readonly value: string }[] {
  const { name, version, digests } = mainModel(facts);
  return [
    { name: 'MODEL_NAME', value: name },
    { name: 'MODEL_VERSION', value: version },
    { name: 'MODEL_DIGEST', value: digests.model },
    { name: 'SIGNATURE_DIGEST', value: digests.signature },
    { name: 'LOCK_DIGEST', value: facts.lockDigest },
  ];
}

/** By tag for people, and by digest, which is what counts. */
export function imageReference({ name, tag, digest }: PinnedImage): string {
  return `${name}:${tag}@${digest}`;
}
