/** The objects of an environment → the files beside them, the same in every format: namespace, rules with their tests, what callers need. */
import { clientComponent, clientManifests } from '../client.ts';
import type { EnvironmentObjects } from '../environment-objects.ts';
import type { OutputFile } from '../manifest.ts';
import { ruleTests } from '../monitoring/rule-group.ts';
import { namespaceManifest } from '../namespace.ts';
import { manifestsText, yamlText } from '../write-yaml.ts';
import { headerOf } from './header.ts';

const RULES = 'rules.yaml';

export function namespaceFile({ facts }: EnvironmentObjects): OutputFile {
  const header = [
    ...headerOf(facts, 'Namespace'),
    'To be applied once, by whoever may make namespaces; nothing else here makes or removes it.',
  ];
  return { path: 'namespace.yaml', text: manifestsText([namespaceManifest(facts.namespace)], header) };
}

/** The rules of the PrometheusRule for a Prometheus without operator, and for promtool; with their tests unless a patch has changed them. */
export function ruleFiles({ facts, manifests, alerts, hasOwnRules }: EnvironmentObjects): readonly OutputFile[] {
  const rule = manifests.find(({ object }) => object.kind === 'PrometheusRule');
  if (rule === undefined) return [];
  const { spec } = rule.object as unknown as { readonly spec: object };
  const rules = { path: `alerts/${RULES}`, text: yamlText(spec, headerOf(facts, 'Rules of Prometheus')) };
  if (hasOwnRules) return [rules];
  const header = [...headerOf(facts, 'Tests of the rules'), 'Run them here with: promtool test rules rules.test.yaml'];
  return [rules, { path: 'alerts/rules.test.yaml', text: yamlText(ruleTests(facts, alerts, RULES), header) }];
}

/** For the namespace of an application that calls the service. */
export function clientFile({ facts }: EnvironmentObjects): OutputFile {
  const header = [
    ...headerOf(facts, 'What callers need'),
    'To be applied in the namespace of the caller. Its pods carry the label of the NetworkPolicy below, and read the ConfigMap with envFrom.',
  ];
  return { path: 'client.yaml', text: manifestsText(clientManifests(facts), header) };
}

/** The same as a component of kustomize: `components: [PATH]` in the kustomization of the caller, whose pods then carry the label. */
export function clientFolder({ facts }: EnvironmentObjects): readonly OutputFile[] {
  const header = [
    ...headerOf(facts, 'What callers need'),
    'Name this folder under "components" in the kustomization of the caller; its containers read the ConfigMap with envFrom.',
  ];
  const files = [
    { path: 'kustomization.yaml', text: yamlText(clientComponent(facts), header) },
    ...clientManifests(facts).map((manifest) => ({
      path: manifest.file,
      text: manifestsText([manifest], headerOf(facts, `${manifest.object.kind} for callers`)),
    })),
  ];
  return files.map((file) => ({ ...file, path: `client/${file.path}` }));
}
