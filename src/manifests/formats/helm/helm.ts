/** The objects of environments → a Helm chart of the same objects: templates, values of production, and what differs in the others. */
import { configName } from '../../config-map.ts';
import { type EnvironmentObjects, environmentObjects } from '../../environment-objects.ts';
import type { OutputFile } from '../../manifest.ts';
import type { DataObject } from '../../patches/strategic-merge.ts';
import { manifestsText, yamlText } from '../../write-yaml.ts';
import { clientFile, namespaceFile, ruleFiles } from '../beside.ts';
import { sharedHeader } from '../header.ts';
import { RELEASE_NAMESPACE } from './parameters.ts';
import { templateText } from './template.ts';
import { changedValues, valuesOf, valuesSchema } from './values.ts';
import { type Variant, variantsOf } from './variants.ts';

/** The oldest minor whose API has every member that is written. */
const KUBE_VERSION = '>=1.30.0-0';

interface Environmental {
  readonly objects: EnvironmentObjects;
  readonly variants: ReadonlyMap<string, Variant>;
}

export function helm(base: EnvironmentObjects, environments: readonly EnvironmentObjects[]): readonly OutputFile[] {
  const { facts } = base;
  const { name, version } = facts.spec;
  const others = environments.filter((each) => each.facts.environment !== 'prod');
  const all = [base, ...others].map(({ facts: own }): Environmental => {
    const objects = environmentObjects({ ...own, namespace: RELEASE_NAMESPACE });
    return { objects, variants: variantsOf(objects) };
  });
  const chart = {
    apiVersion: 'v2',
    name,
    description: `Predictions of ${name}`,
    type: 'application',
    version,
    appVersion: version,
    kubeVersion: KUBE_VERSION,
  };
  return [
    { path: 'Chart.yaml', text: yamlText(chart, sharedHeader(facts, 'Chart')) },
    { path: 'templates/_helpers.tpl', text: helpers(name) },
    ...templates(name, all),
    ...valueFiles(all),
    ...environments.flatMap((objects) =>
      [namespaceFile(objects), clientFile(objects), ...ruleFiles(objects)].map((file) => ({
        ...file,
        path: `beside/${objects.facts.environment}/${file.path}`,
      })),
    ),
    { path: '.helmignore', text: 'beside/\n.mlserve.json\n' },
  ];
}

/** The suffix of the ConfigMap is the one of kustomize: the same settings have the same name in every format. */
function helpers(name: string): string {
  const letters = { 0: 'g', 1: 'h', 3: 'k', a: 'm', e: 't' };
  const replaced = Object.entries(letters).map(([digit, letter]) => ` | replace "${digit}" "${letter}"`);
  const hash = `dict "data" .Values.config "kind" "ConfigMap" "name" "" | toJson | sha256sum | trunc 10${replaced.join('')}`;
  return `{{/* The name of the ConfigMap says what is in it. */}}\n{{- define "${name}.config" -}}\n${configName(name)}-{{ ${hash} }}\n{{- end }}\n`;
}

function templates(chart: string, all: readonly Environmental[]): readonly OutputFile[] {
  return filesOf(all).map((file) => {
    const variants = all.flatMap(({ objects, variants: own }) => {
      const variant = own.get(file);
      return variant === undefined ? [] : [[objects.facts.environment, variant.manifest] as const];
    });
    const [[, first]] = variants as [(typeof variants)[number]];
    const condition = variants.length < all.length ? `.Values.enabled.${enabledKey(file)}` : undefined;
    const header = sharedHeader((all[0] as Environmental).objects.facts, first.object.kind);
    return { path: `templates/${file}`, text: templateText({ chart, variants, condition, header }) };
  });
}

function valueFiles(all: readonly Environmental[]): readonly OutputFile[] {
  const optional = filesOf(all).filter((file) => all.some(({ variants }) => !variants.has(file)));
  const [base, ...others] = all.map(({ objects, variants }) => {
    const enabled = Object.fromEntries(optional.map((file) => [enabledKey(file), variants.has(file)]));
    const given = [...variants.values()].flatMap((variant) => variant.values);
    return { facts: objects.facts, ...valuesOf(objects.facts, given, enabled) };
  });
  if (base === undefined) return [];
  const text = (values: DataObject, notes: typeof base.notes, header: string): string =>
    manifestsText([{ object: values as never, notes }], sharedHeader(base.facts, header));
  // Every key that any of them has; the values of production stand where it has them.
  const merged = Object.assign({}, ...others.map(({ values }) => values), base.values) as DataObject;
  return [
    { path: 'values.yaml', text: text(base.values, base.notes, 'Values, those of prod') },
    { path: 'values.schema.json', text: `${JSON.stringify(valuesSchema(merged), null, 2)}\n` },
    ...others.map(({ facts, values, notes }) => ({
      path: `values-${facts.environment}.yaml`,
      text: text(changedValues(base.values, values), notes, `Values that differ in ${facts.environment}`),
    })),
  ];
}

function filesOf(all: readonly Environmental[]): readonly string[] {
  return [...new Set(all.flatMap(({ variants }) => [...variants.keys()]))];
}

/** `disruption-budget.yaml` → `disruptionBudget` */
function enabledKey(file: string): string {
  return file.replace(/\.yaml$/, '').replaceAll(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
