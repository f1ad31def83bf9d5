/** Variants of an object → the text of a Helm template that gives each environment its own. */
import type { Environment } from '../../../service/deploy-spec.ts';
import type { Manifest } from '../../manifest.ts';
import { isSame } from '../../patches/json-patch.ts';
import type { Data } from '../../patches/strategic-merge.ts';
import { manifestsText } from '../../write-yaml.ts';
import {
  CONFIG_NAME,
  DASHBOARD_UID,
  ENVIRONMENT,
  PARAMETERS,
  placeholder,
  RELEASE_NAMESPACE,
  valueExpression,
} from './parameters.ts';

/** `enabled` in the values, for objects that some environments do not have. */
export interface TemplateInput {
  readonly chart: string;
  /** In the order of the environments; production first. */
  readonly variants: readonly (readonly [Environment, Manifest])[];
  /** The condition under which there is such an object; undefined: always. */
  readonly condition: string | undefined;
  readonly header: readonly string[];
}

export function templateText({ chart, variants, condition, header }: TemplateInput): string {
  const groups = grouped(variants);
  const texts = groups.map(({ manifest }) => helmText(manifestsText([manifest], []), chart));
  const body =
    texts.length === 1
      ? texts.join('')
      : `${texts.map((text, at) => `{{- ${branch(groups[at]?.environments ?? [], at)} }}\n${text}`).join('')}{{- end }}\n`;
  const comment = header.map((line) => `# ${line}\n`).join('');
  return condition === undefined ? `${comment}${body}` : `${comment}{{- if ${condition} }}\n${body}{{- end }}\n`;
}

interface Group {
  readonly environments: readonly Environment[];
  readonly manifest: Manifest;
}

/** Environments whose objects are the same share a text. */
function grouped(variants: TemplateInput['variants']): readonly Group[] {
  const groups: { readonly environments: Environment[]; readonly manifest: Manifest }[] = [];
  for (const [environment, manifest] of variants) {
    const same = groups.find((group) => isSame(dataOf(group.manifest), dataOf(manifest)));
    if (same === undefined) groups.push({ environments: [environment], manifest });
    else same.environments.push(environment);
  }
  return groups;
}

function branch(environments: readonly Environment[], at: number): string {
  const tests = environments.map((environment) => `(eq .Values.environment ${JSON.stringify(environment)})`);
  const test = tests.length === 1 ? tests.join('') : `or ${tests.join(' ')}`;
  return `${at === 0 ? 'if' : 'else if'} ${test}`;
}

function dataOf({ object }: Manifest): Data {
  return object as unknown as Data;
}

/** Braces of the text stay braces; placeholders become expressions. */
function helmText(text: string, chart: string): string {
  const escaped = text.replace(/\{\{|\}\}/g, (braces) => `{{ "${braces}" }}`);
  const filled = PARAMETERS.reduce((written, parameter) => {
    const line = new RegExp(`^( *(?:- )?)([\\w.-]+): ${placeholder(parameter)}$`, 'gm');
    return written.replace(line, (_, indent: string, key: string) => lineOf({ indent, key, ...parameter }));
  }, escaped);
  return filled
    .replaceAll(RELEASE_NAMESPACE, '{{ .Release.Namespace }}')
    .replaceAll(CONFIG_NAME, `{{ include "${chart}.config" . }}`)
    .replaceAll(ENVIRONMENT, '{{ .Values.environment }}')
    .replaceAll(
      DASHBOARD_UID,
      `{{ printf "%s/%s" .Release.Namespace ${JSON.stringify(chart)} | sha256sum | trunc 16 }}`,
    );
}

interface Line {
  readonly indent: string;
  readonly key: string;
  readonly value: readonly string[];
  readonly form: 'scalar' | 'block' | 'optional';
}

function lineOf({ indent, key, value, form }: Line): string {
  const expression = valueExpression({ value });
  if (form === 'scalar') return `${indent}${key}: {{ ${expression} | toJson }}`;
  if (form === 'block') return `${indent}${key}:\n{{ toYaml ${expression} | indent ${indent.length + 2} }}`;
  return `{{- with ${expression} }}\n${indent}${key}: {{ . }}\n{{- end }}`;
}
