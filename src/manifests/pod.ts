/** A service × its numbers → the template of its pods: what runs, as whom, and where. */
import type { IPodTemplateSpec } from 'kubernetes-models/v1/PodTemplateSpec';
import { portsOf } from './config-map.ts';
import { containerNotes, serverContainer, USER_ID } from './container.ts';
import type { DeploymentFacts } from './deployment-facts.ts';
import { identityAnnotations, podLabels, selectorLabels } from './identity.ts';
import type { Note, ObjectPath } from './manifest.ts';
import type { Numbers } from './numbers.ts';
import { secretVolumes } from './secrets.ts';
import { workloadOf } from './workload.ts';

const TMP_SIZE = '64Mi';

export function podTemplate(facts: DeploymentFacts, numbers: Numbers, config: string) {
  const { spec } = facts;
  const { deploy } = spec;
  const matchLabels = { ...selectorLabels(spec.name) };
  const { container, revisionLabel } = workloadOf(facts);
  return {
    metadata: {
      labels: { ...podLabels(facts) },
      annotations: {
        'kubectl.kubernetes.io/default-container': container,
        ...identityAnnotations(facts),
        ...scrapeAnnotations(facts),
      },
    },
    spec: {
      serviceAccountName: spec.name,
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      terminationGracePeriodSeconds: numbers.graceSeconds.value,
      ...(deploy.pullSecret === '' ? {} : { imagePullSecrets: [{ name: deploy.pullSecret }] }),
      ...(deploy.priorityClass === '' ? {} : { priorityClassName: deploy.priorityClass }),
      securityContext: {
        runAsNonRoot: true,
        runAsUser: USER_ID,
        runAsGroup: USER_ID,
        fsGroup: USER_ID,
        fsGroupChangePolicy: 'OnRootMismatch',
        seccompProfile: { type: 'RuntimeDefault' },
      },
      topologySpreadConstraints: ['topology.kubernetes.io/zone', 'kubernetes.io/hostname'].map((topologyKey) => ({
        maxSkew: 1,
        topologyKey,
        whenUnsatisfiable: 'ScheduleAnyway' as const,
        labelSelector: { matchLabels },
        matchLabelKeys: [revisionLabel],
      })),
      affinity: {
        podAntiAffinity: {
          preferredDuringSchedulingIgnoredDuringExecution: [
            { weight: 100, podAffinityTerm: { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels } } },
          ],
        },
      },
      containers: [serverContainer(facts, numbers, config)],
      volumes: [{ name: 'tmp', emptyDir: { sizeLimit: TMP_SIZE } }, ...secretVolumes(facts).volumes],
    },
  } satisfies IPodTemplateSpec;
}

/** Only where no operator finds the pods by itself: they would be scraped twice. */
function scrapeAnnotations(facts: DeploymentFacts): Readonly<Record<string, string>> {
  if (facts.spec.deploy.monitor !== 'annotations') return {};
  return {
    'prometheus.io/scrape': 'true',
    'prometheus.io/port': String(portsOf(facts).metrics),
    'prometheus.io/path': '/metrics',
    ...(facts.spec.tls.cert === '' ? {} : { 'prometheus.io/scheme': 'https' }),
  };
}

export function podNotes(at: ObjectPath, facts: DeploymentFacts, numbers: Numbers): readonly Note[] {
  const note = (path: ObjectPath, text: string): Note => ({ path: [...at, ...path], text });
  return [
    note(['metadata', 'annotations'], 'which models these pods serve: a new model changes them, and so is a rollout'),
    note(['spec', 'automountServiceAccountToken'], 'the server asks Kubernetes for nothing'),
    note(['spec', 'enableServiceLinks'], 'no variable for every Service of the namespace'),
    note(['spec', 'terminationGracePeriodSeconds'], numbers.graceSeconds.why),
    note(['spec', 'topologySpreadConstraints'], 'over zones and nodes, each revision by itself'),
    note(['spec', 'affinity'], 'the same wish for schedulers and checkers that know this form alone'),
    ...containerNotes([...at, 'spec', 'containers', 0], facts, numbers),
  ];
}
