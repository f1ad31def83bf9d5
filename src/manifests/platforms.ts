/** The table of platforms: a service × its numbers → the objects that make its pods there, count them, and let requests in. */
import { analysisTemplate, isAnalysed } from './argo/analysis-template.ts';
import { rollout } from './argo/rollout.ts';
import { type ClusterSetting, clusterSettings, configName } from './config-map.ts';
import { deployment } from './deployment.ts';
import type { DeploymentFacts, Platform } from './deployment-facts.ts';
import { domainMapping } from './knative/domain-mapping.ts';
import { knativeSettings, onKnative } from './knative/knative-facts.ts';
import { knativeService } from './knative/knative-service.ts';
import { knativePolicy } from './knative/network-policy.ts';
import { inferenceService } from './kserve/inference-service.ts';
import type { Manifest } from './manifest.ts';
import { networkPolicy } from './network-policy.ts';
import type { Numbers } from './numbers.ts';
import { autoscaler } from './scaling/autoscaler.ts';
import { disruptionBudget } from './scaling/disruption-budget.ts';
import { scaledObject } from './scaling/scaled-object.ts';
import { service } from './service.ts';
import { httpRoute } from './traffic/http-route.ts';
import { ingress } from './traffic/ingress.ts';

interface PlatformRow {
  /** A service as its file has it → as it runs there. */
  readonly facts: (facts: DeploymentFacts) => DeploymentFacts;
  /** Of the service as its file has it. */
  readonly settings: (facts: DeploymentFacts, numbers: Numbers) => readonly ClusterSetting[];
  readonly workload: (facts: DeploymentFacts, numbers: Numbers) => readonly Manifest[];
  readonly network: (facts: DeploymentFacts) => readonly Manifest[];
  /** Kinds of the others, which are never written here. */
  readonly foreign: readonly string[];
}

const ofPods = ['Deployment', 'Rollout', 'AnalysisTemplate', 'HorizontalPodAutoscaler', 'ScaledObject'];

export const PLATFORMS: Readonly<Record<Platform, PlatformRow>> = {
  kubernetes: {
    facts: (facts) => facts,
    settings: clusterSettings,
    workload: (facts, numbers) => [
      service(facts),
      ...replicas(facts, numbers),
      ...scaling(facts, numbers),
      ...budget(facts),
    ],
    network: (facts) => [networkPolicy(facts), ...route(facts)],
    foreign: ['InferenceService', 'DomainMapping'],
  },
  kserve: {
    facts: (facts) => facts,
    settings: clusterSettings,
    workload: (facts, numbers) => [inferenceService(facts, numbers, configName(facts.spec.name)), ...budget(facts)],
    network: (facts) => [networkPolicy(facts), ...route(facts)],
    foreign: [...ofPods, 'Service', 'DomainMapping'],
  },
  knative: {
    facts: onKnative,
    settings: knativeSettings,
    workload: (facts, numbers) => [knativeService(facts, numbers, configName(facts.spec.name)), ...budget(facts)],
    network: (facts) => [knativePolicy(facts), ...(facts.spec.deploy.expose === 'none' ? [] : [domainMapping(facts)])],
    foreign: [...ofPods, 'Service', 'InferenceService', 'HTTPRoute', 'Ingress', 'ServiceMonitor'],
  },
};

function replicas(facts: DeploymentFacts, numbers: Numbers): readonly Manifest[] {
  const config = configName(facts.spec.name);
  if (facts.spec.deploy.rollout === 'deployment') return [deployment(facts, numbers, config)];
  return [rollout(facts, numbers, config), ...(isAnalysed(facts) ? [analysisTemplate(facts)] : [])];
}

/** dev has one pod. */
function scaling(facts: DeploymentFacts, numbers: Numbers): readonly Manifest[] {
  if (facts.environment === 'dev') return [];
  return [facts.spec.deploy.autoscaler === 'keda' ? scaledObject(facts, numbers) : autoscaler(facts, numbers)];
}

function budget(facts: DeploymentFacts): readonly Manifest[] {
  return facts.environment === 'dev' ? [] : [disruptionBudget(facts)];
}

function route(facts: DeploymentFacts): readonly Manifest[] {
  const { expose } = facts.spec.deploy;
  if (expose === 'none') return [];
  return [expose === 'gateway' ? httpRoute(facts) : ingress(facts)];
}
