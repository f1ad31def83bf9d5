/** The objects of environments → a kustomize base, that of production, and an overlay with the differences for each environment. */
import type { EnvironmentObjects } from '../environment-objects.ts';
import { isConfig } from '../hash-config.ts';
import type { Manifest, OutputFile } from '../manifest.ts';
import { manifestsText, yamlText } from '../write-yaml.ts';
import { clientFolder, namespaceFile, ruleFiles } from './beside.ts';
import { configEnv, configGenerator } from './config-generator.ts';
import { headerOf, sharedHeader } from './header.ts';
import { nameReferences } from './name-references.ts';
import { overlayPatches } from './overlay-patches.ts';

/** What holds the namespace in its text belongs to one environment. */
function isShared({ object, file }: Manifest): boolean {
  return object.kind !== 'PrometheusRule' && file !== 'dashboard.yaml';
}

/** `base`: of production, whether it is among the environments or not. */
export function kustomize(
  base: EnvironmentObjects,
  environments: readonly EnvironmentObjects[],
): readonly OutputFile[] {
  return [...baseFiles(base), ...environments.flatMap((each) => overlayFiles(base, each))];
}

function baseFiles({ facts, manifests }: EnvironmentObjects): readonly OutputFile[] {
  const shared = manifests.filter(isShared);
  const plain = shared.filter(({ object }) => !isConfig(object, facts.spec.name));
  const config = shared.find(({ object }) => isConfig(object, facts.spec.name));
  const references = nameReferences(plain, sharedHeader(facts, 'Where the name of the ConfigMap is'));
  const kustomization = {
    apiVersion: 'kustomize.config.k8s.io/v1beta1',
    kind: 'Kustomization',
    resources: plain.map(({ file }) => file),
    ...references.entry,
    ...(config === undefined ? {} : { configMapGenerator: [configGenerator(config)] }),
  };
  const header = sharedHeader(facts, 'Base, which is what production has');
  const files = [
    { path: 'kustomization.yaml', text: yamlText(kustomization, header) },
    ...(config === undefined ? [] : [configEnv(config, sharedHeader(facts, 'Settings that differ in a cluster'))]),
    ...references.files,
    ...plain.map((manifest) => objectFile(manifest, sharedHeader(facts, manifest.object.kind))),
  ];
  return files.map((file) => ({ ...file, path: `base/${file.path}` }));
}

function overlayFiles(base: EnvironmentObjects, objects: EnvironmentObjects): readonly OutputFile[] {
  const { facts, manifests } = objects;
  const { name } = facts.spec;
  const { patches, resources, config } = overlayPatches(
    { ...base, manifests: base.manifests.filter(isShared) },
    { ...objects, manifests: manifests.filter(isShared) },
  );
  const own = [...resources, ...manifests.filter((manifest) => !isShared(manifest))];
  const references = nameReferences(manifests, headerOf(facts, 'Where the name of the ConfigMap is'));
  const kustomization = {
    apiVersion: 'kustomize.config.k8s.io/v1beta1',
    kind: 'Kustomization',
    namespace: facts.namespace,
    resources: ['../../base', ...own.map(({ file }) => file)],
    ...references.entry,
    ...(config === undefined ? {} : { configMapGenerator: [{ ...configGenerator(config), behavior: 'replace' }] }),
    ...(patches.length > 0 ? { patches: patches.map(({ entry }) => entry) } : {}),
  };
  const files = [
    { path: 'kustomization.yaml', text: yamlText(kustomization, headerOf(facts, 'Overlay')) },
    ...(config === undefined ? [] : [configEnv(config, headerOf(facts, `Settings of ${name} that differ here`))]),
    ...references.files,
    ...patches.map(({ file }) => file),
    ...own.map((manifest) => objectFile(manifest, headerOf(facts, manifest.object.kind))),
    namespaceFile(objects),
    ...ruleFiles(objects),
    ...clientFolder(objects),
  ];
  return files.map((file) => ({ ...file, path: `overlays/${facts.environment}/${file.path}` }));
}

function objectFile(manifest: Manifest, header: readonly string[]): OutputFile {
  return { path: manifest.file, text: manifestsText([manifest], header) };
}
