// Reads YAML of Kubernetes objects and prints it with a Deployment, and the Service that is made with it, in place of what operators make pods
// from: a Rollout of Argo, an InferenceService of KServe, a Service of Knative. For checkers that know Deployments alone.
// usage: made-pods.js FILE
import { readFileSync } from 'node:fs';
import process from 'node:process';
import { parseAllDocuments, stringify } from 'yaml';

const PREDICTOR = [
  ...['labels', 'annotations', 'minReplicas', 'maxReplicas', 'scaleMetric', 'scaleTarget', 'autoScaling', 'timeout'],
  'deploymentStrategy',
];
const REVISION = ['containerConcurrency', 'timeoutSeconds'];

const without = (object, names) => Object.fromEntries(Object.entries(object).filter(([name]) => !names.includes(name)));

/** What is made of an object; its selector is the label of the instance. */
function deployment({ metadata, spec }, { template, replicas }) {
  const { labels } = template.metadata;
  const selector = { matchLabels: { 'app.kubernetes.io/instance': labels['app.kubernetes.io/instance'] } };
  const strategy = { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } };
  const { minReadySeconds, progressDeadlineSeconds } = spec;
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata,
    spec: {
      ...(replicas === undefined ? {} : { replicas }),
      ...{ selector, strategy, minReadySeconds, progressDeadlineSeconds, template },
    },
  };
}

function service({ metadata }, { template }) {
  const [{ ports }] = template.spec.containers;
  const selector = { 'app.kubernetes.io/instance': template.metadata.labels['app.kubernetes.io/instance'] };
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata,
    spec: {
      selector,
      ports: ports.map(({ name, containerPort }) => ({ name, port: containerPort, targetPort: name })),
    },
  };
}

function made(object) {
  const { kind, apiVersion, spec } = object;
  if (kind === 'Rollout') return [deployment(object, { template: spec.template, replicas: spec.replicas })];
  if (kind === 'InferenceService') {
    const { labels, annotations, minReplicas, ...rest } = spec.predictor;
    const template = { metadata: { labels, annotations }, spec: without(rest, PREDICTOR) };
    const metadata = { ...object.metadata, name: `${object.metadata.name}-predictor` };
    return [
      deployment({ ...object, metadata }, { template, replicas: minReplicas }),
      service({ metadata }, { template }),
    ];
  }
  if (kind === 'Service' && apiVersion === 'serving.knative.dev/v1') {
    const { metadata, spec: pod } = spec.template;
    const template = { metadata, spec: without(pod, REVISION) };
    const replicas = Number(metadata.annotations['autoscaling.knative.dev/min-scale']);
    return [deployment(object, { template, replicas }), service(object, { template })];
  }
  return [object];
}

const objects = parseAllDocuments(readFileSync(process.argv[2], 'utf8')).map((document) => document.toJS());
const all = objects.filter(Boolean).flatMap(made);
// An autoscaler counts the pods of the Deployment that stands for a Rollout.
const target = { apiVersion: 'apps/v1', kind: 'Deployment' };
for (const { kind, spec } of all) if (kind === 'HorizontalPodAutoscaler') Object.assign(spec.scaleTargetRef, target);
process.stdout.write(
  all.map((object) => stringify(object, { aliasDuplicateObjects: false, compat: 'yaml-1.1' })).join('---\n'),
);
