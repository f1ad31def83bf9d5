/** The objects of a service × the weight of a canary → files for people who apply files: the canary, the split route, and a component of kustomize of both. */
import type { EnvironmentObjects } from '../environment-objects.ts';
import { headerOf } from '../formats/header.ts';
import type { Manifest, OutputFile } from '../manifest.ts';
import { replicasOf } from '../scaling/bounds.ts';
import { manifestsText, yamlText } from '../write-yaml.ts';
import { canaryObjects } from './canary-objects.ts';
import { withCanary } from './weighted-route.ts';

const OBJECTS = 'canary.yaml';
const ROUTE = 'http-route.yaml';

/** The service needs a route; see `requireRoute`. How many pods it has is not known here: as many as there may be. */
export function canaryFiles(objects: EnvironmentObjects, weight: number): readonly OutputFile[] {
  const { facts, manifests } = objects;
  const own = canaryObjects(objects, { weight, stablePods: replicasOf(facts).max });
  const routes = manifests
    .filter(({ object }) => object.kind === 'HTTPRoute')
    .map(
      (manifest): Manifest => ({
        ...manifest,
        object: withCanary(manifest.object, facts.spec.name, weight),
        notes: [],
      }),
    );
  const component = {
    apiVersion: 'kustomize.config.k8s.io/v1alpha1',
    kind: 'Component',
    resources: [OBJECTS],
    patches: [{ path: ROUTE }],
  };
  const header = [
    ...headerOf(facts, 'Canary'),
    'Name this folder under "components" in a kustomization of the service, or apply canary.yaml and then http-route.yaml.',
  ];
  return [
    { path: 'kustomization.yaml', text: yamlText(component, header) },
    { path: OBJECTS, text: manifestsText(own, headerOf(facts, 'Canary')) },
    { path: ROUTE, text: manifestsText(routes, headerOf(facts, `HTTPRoute with ${weight} % for the canary`)) },
  ];
}
