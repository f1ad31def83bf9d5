/** An object of a kind that Kubernetes itself does not have → what the API server of a cluster with its definition would refuse, strictly. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv, type ValidateFunction } from 'ajv';
import type { KubernetesObject } from '../../src/manifests/manifest.ts';

const FILES: Readonly<Record<string, string>> = {
  'argoproj.io/v1alpha1 AnalysisTemplate': 'analysis-template',
  'argoproj.io/v1alpha1 Rollout': 'rollout',
  'keda.sh/v1alpha1 ScaledObject': 'scaled-object',
  'serving.knative.dev/v1 Service': 'knative-service',
  'serving.knative.dev/v1beta1 DomainMapping': 'domain-mapping',
  'serving.kserve.io/v1beta1 InferenceService': 'inference-service',
};

const ajv = new Ajv({ allErrors: true, strict: false, validateFormats: false });
const compiled = new Map<string, ValidateFunction>();

export function isCustom({ apiVersion, kind }: KubernetesObject): boolean {
  return Object.hasOwn(FILES, `${apiVersion} ${kind}`);
}

/** A line for each finding. */
export function schemaFindings(object: KubernetesObject): readonly string[] {
  const validate = validatorOf(`${object.apiVersion} ${object.kind}`);
  validate(object);
  return (validate.errors ?? []).map(
    ({ instancePath, message, params }) => `${instancePath || '/'}: ${message} ${JSON.stringify(params)}`,
  );
}

function validatorOf(kind: string): ValidateFunction {
  const known = compiled.get(kind);
  if (known !== undefined) return known;
  const file = FILES[kind];
  if (file === undefined) throw new Error(`no schema of ${kind}`);
  const schema = JSON.parse(readFileSync(join(import.meta.dirname, 'crds', `${file}.json`), 'utf8')) as object;
  const validate = ajv.compile(schema);
  compiled.set(kind, validate);
  return validate;
}
