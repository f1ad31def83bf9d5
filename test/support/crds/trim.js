// Takes the schemas of custom resources from the releases that define them (README.md) and writes what of them our objects can have: no
// descriptions, no branches that we never write. Needs Go, whose module proxy has the releases.
// usage: node test/support/crds/trim.js
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';

const ofPredictor = (...names) => names.map((name) => `spec.predictor.${name}`);
const FRAMEWORKS = 'huggingface lightgbm onnx openvino paddle pmml pytorch sklearn tensorflow triton xgboost'.split(
  ' ',
);
const SOURCES = [
  {
    ...{ to: 'inference-service', module: 'github.com/kserve/kserve@v0.20.0', version: 'v1beta1' },
    file: 'config/crd/full/serving.kserve.io_inferenceservices.yaml',
    without: [
      ...['spec.canary', 'spec.explainer', 'spec.transformer'],
      ...ofPredictor(
        ...FRAMEWORKS,
        'model',
        'workerSpec',
        'logger',
        'batcher',
        'initContainers',
        'ephemeralContainers',
      ),
    ],
  },
  {
    ...{ to: 'knative-service', module: 'knative.dev/serving@v0.51.0', version: 'v1' },
    file: 'config/core/300-resources/service.yaml',
    without: ['spec.template.spec.initContainers'],
  },
  {
    ...{ to: 'domain-mapping', module: 'knative.dev/serving@v0.51.0', version: 'v1beta1' },
    file: 'config/core/300-resources/domain-mapping.yaml',
    without: [],
  },
  {
    ...{ to: 'scaled-object', module: 'github.com/kedacore/keda/v2@v2.21.0', version: 'v1alpha1' },
    file: 'config/crd/bases/keda.sh_scaledobjects.yaml',
    without: [],
  },
  {
    ...{ to: 'rollout', module: 'github.com/argoproj/argo-rollouts@v1.9.0', version: 'v1alpha1' },
    file: 'manifests/crds/rollout-crd.yaml',
    without: ['spec.template.spec.initContainers', 'spec.template.spec.ephemeralContainers'],
  },
  {
    ...{ to: 'analysis-template', module: 'github.com/argoproj/argo-rollouts@v1.9.0', version: 'v1alpha1' },
    file: 'manifests/crds/analysis-template-crd.yaml',
    without: ['spec.metrics.[].provider.job'],
  },
];
const KEPT = new Set('type required enum pattern minimum maximum minItems maxItems minLength maxLength'.split(' '));

/** What an API server says of unknown members, as JSON Schema says it: an object that names its members has no others. */
function trimmed(schema, path, without) {
  if (schema['x-kubernetes-int-or-string']) {
    return { anyOf: [{ type: 'integer' }, { type: 'string' }], ...(schema.pattern ? { pattern: schema.pattern } : {}) };
  }
  const kept = Object.fromEntries(Object.entries(schema).filter(([key]) => KEPT.has(key)));
  const each = (schemas) => schemas.map((one) => trimmed(one, path, without));
  for (const key of ['anyOf', 'oneOf', 'allOf']) if (schema[key]) kept[key] = each(schema[key]);
  if (schema.items) kept.items = trimmed(schema.items, [...path, '[]'], without);
  if (schema.properties) {
    const names = Object.keys(schema.properties).sort();
    const wanted = names.filter((name) => !without.includes([...path, name].join('.')));
    kept.properties = Object.fromEntries(
      wanted.map((name) => [name, trimmed(schema.properties[name], [...path, name], without)]),
    );
  }
  const { additionalProperties: others } = schema;
  if (typeof others === 'object') kept.additionalProperties = trimmed(others, [...path, '*'], without);
  const isOpen = schema['x-kubernetes-preserve-unknown-fields'] === true;
  if (schema.type === 'object' && schema.properties && others === undefined && !isOpen)
    kept.additionalProperties = false;
  return kept;
}

for (const { to, module, version, file, without } of SOURCES) {
  const { Dir } = JSON.parse(execFileSync('go', ['mod', 'download', '-json', module], { encoding: 'utf8' }));
  const [definition] = parseAllDocuments(readFileSync(join(Dir, file), 'utf8'))
    .map((document) => document.toJS())
    .filter(Boolean);
  const found = definition.spec.versions.find(({ name }) => name === version);
  const schema = trimmed(found.schema.openAPIV3Schema, [], [...without, 'status']);
  writeFileSync(join(import.meta.dirname, `${to}.json`), `${JSON.stringify(schema, null, 2)}\n`);
}
