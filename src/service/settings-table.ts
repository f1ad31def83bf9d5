/**
 * The one table of the service's settings: path in `mlserve.yaml`, kind, bounds, default and what it does. The JSON Schema, the
 * environment variables, `resolve.ts` and docs/config.md are made from it.
 */
import type { Setting, SettingKind } from './settings.ts';

const MIB = 2 ** 20;
const DAY_MS = 86_400_000;

const NO_BOUNDS = { min: 0, max: 0, choices: [], perModel: false, platform: [] } as const;

const text = (path: string, value: string, description: string): Setting => ({
  ...{ ...NO_BOUNDS, path, kind: 'text', default: value, description },
});

const choice = (path: string, choices: readonly string[], description: string): Setting => ({
  ...{ ...NO_BOUNDS, path, kind: 'choice', default: choices[0] ?? '', choices, description },
});

/** A port, off unless asked for. */
const port = (path: string, description: string): Setting => ({
  ...{ ...NO_BOUNDS, path, kind: 'port', default: 'off', max: 65_535, description },
});

const number = (
  [path, kind]: readonly [string, SettingKind],
  value: number,
  [min, max]: readonly [number, number],
  description: string,
): Setting => ({ ...NO_BOUNDS, path, kind, default: value, min, max, description });

/** A route of its own, none unless asked for. */
const urlPath = (path: string, description: string): Setting => ({
  ...{ ...NO_BOUNDS, path, kind: 'urlPath', default: '', description },
});

/** Vertex AI, SageMaker where containers share an instance, Cloud Run and Knative, in this order. */
export const PORT_VARIABLES = ['AIP_HTTP_PORT', 'SAGEMAKER_BIND_TO_PORT', 'PORT'];

const fromPlatform = (platform: readonly string[], setting: Setting): Setting => ({ ...setting, platform });

/** What "mlserve deploy" writes. */
const DEPLOY_SETTINGS: readonly Setting[] = [
  text(
    'deploy.namespace',
    '',
    'Namespace in the environment prod, and with -dev and -staging added in the others; empty: the name of the service.',
  ),
  number(['deploy.minReplicas', 'integer'], 2, [1, 1000], 'Fewest pods; the environment dev has one.'),
  number(['deploy.maxReplicas', 'integer'], 10, [1, 1000], 'Most pods that the autoscaler starts.'),
  number(
    ['deploy.cpuTarget', 'integer'],
    0,
    [0, 100],
    'Percent of the requested CPU in use, on average, above which the autoscaler starts more pods; 0 derives it: 70, or less where "mlserve measure" found that a pod never comes to it.',
  ),
  choice(
    'deploy.autoscaler',
    ['hpa', 'keda'],
    'Who counts the pods: a HorizontalPodAutoscaler by CPU, or KEDA by CPU and by the rows that wait.',
  ),
  choice(
    'deploy.rollout',
    ['deployment', 'argo'],
    'How new pods replace old ones: a Deployment, or a Rollout of Argo, in steps that its measurements may stop.',
  ),
  number(
    ['deploy.cpuMillicores', 'integer'],
    0,
    [0, 1_000_000],
    'CPU requested for a pod, in thousandths of a core; 0 derives it from what was measured, else from the threads of the models.',
  ),
  choice(
    'deploy.cpuLimit',
    ['on', 'off'],
    'Whether a pod has a CPU limit: the request in whole cores, and one for the event loop.',
  ),
  number(
    ['deploy.memoryBytes', 'bytes'],
    0,
    [0, 2 ** 44],
    'Memory requested for a pod, and its limit; 0 derives it from what was measured of the models, else their size, and limits.queueBytes.',
  ),
  number(
    ['deploy.startupMs', 'duration'],
    0,
    [0, 3_600_000],
    'Time a pod has to load its models; 0 derives it from what was measured, else from their size.',
  ),
  choice(
    'deploy.expose',
    ['none', 'gateway', 'ingress'],
    'How requests come in from outside the cluster: not at all, by an HTTPRoute, or by an Ingress.',
  ),
  text('deploy.gateway', '', 'Gateway of the HTTPRoute, as NAMESPACE/NAME.'),
  text(
    'deploy.host',
    '',
    'Host name for requests from outside; the environments dev and staging add -dev and -staging to its first part.',
  ),
  text('deploy.ingressClass', '', 'Class of the Ingress.'),
  text('deploy.ingressTls', '', 'Secret with the certificate of the Ingress; empty: NAME-ingress-tls.'),
  text(
    'deploy.gatewayNamespaces',
    '',
    'Namespaces whose pods may all call, separated by commas: where the proxies of the gateway or ingress run.',
  ),
  text(
    'deploy.clientNamespaces',
    '',
    'Namespaces whose pods may call where they carry the label of clients, separated by commas; the own namespace always.',
  ),
  choice(
    'deploy.monitor',
    ['pod', 'service', 'annotations', 'off'],
    'How Prometheus finds the pods: a PodMonitor, a ServiceMonitor, annotations without an operator, or not at all.',
  ),
  text('deploy.monitoringNamespace', 'monitoring', 'Namespace of Prometheus, which may read the metrics.'),
  text(
    'deploy.prometheusUrl',
    '',
    'Address at which KEDA and Argo ask Prometheus; empty: the Service of the operator, in deploy.monitoringNamespace.',
  ),
  text('deploy.runbookUrl', '', 'Address to which the name of an alert is added, for its runbook; empty: none.'),
  number(
    ['deploy.errorPercent', 'integer'],
    1,
    [1, 100],
    'Percent of requests that fail, above which an alert goes off.',
  ),
  choice('deploy.pullPolicy', ['Always', 'IfNotPresent'], 'When nodes ask the registry for the image.'),
  text('deploy.pullSecret', '', 'Secret with the credentials of the registry; empty: none.'),
  text('deploy.keysSecret', '', 'Secret with the file of API keys; empty: NAME-api-keys where auth.keysFile is set.'),
  text('deploy.tlsSecret', '', 'Secret with certificate and key of the server; empty: NAME-tls where tls.cert is set.'),
  text('deploy.priorityClass', '', 'PriorityClass of the pods; empty: none.'),
];

/** May also be written under a model, for that model alone. */
const perModel = (setting: Setting): Setting => ({ ...setting, perModel: true });

export const SETTINGS: readonly Setting[] = [
  text(
    'server.host',
    '127.0.0.1',
    `Address to listen on; 0.0.0.0 for every network, which is also the default where ${PORT_VARIABLES.join(', ')} is set.`,
  ),
  fromPlatform(PORT_VARIABLES, number(['server.port', 'integer'], 8080, [0, 65_535], 'HTTP port; 0 picks a free one.')),
  text('server.name', 'mlserve', 'Name in the answer of GET /v2.'),
  fromPlatform(['AIP_HEALTH_ROUTE'], urlPath('server.healthPath', 'Path that answers as GET /ping does; empty: none.')),
  fromPlatform(
    ['AIP_PREDICT_ROUTE'],
    urlPath('server.predictPath', 'Path that answers as POST /invocations does; empty: none.'),
  ),
  port('server.grpcPort', 'gRPC port; 0 picks a free one, off: no gRPC.'),
  port('server.metricsPort', 'Port of /metrics alone; off: /metrics is on the HTTP port.'),
  choice(
    'tls.mode',
    ['on', 'off'],
    'Whether the server speaks TLS where tls.cert is set; off: what stands before it does, and asks in plain HTTP.',
  ),
  text('tls.cert', '', 'PEM file with the certificate chain, relative to mlserve.yaml; empty: no TLS.'),
  text('tls.key', '', 'PEM file with the private key of tls.cert.'),
  text(
    'tls.clientCa',
    '',
    'PEM file of the authorities of client certificates, which all but health routes then need; empty: none asked.',
  ),
  text('auth.keysFile', '', 'File of API keys, relative to mlserve.yaml; empty: none but those of MLSERVE_API_KEYS.'),
  choice(
    'admin.access',
    ['off', 'loopback', 'key'],
    'Who may load and unload models over the network: nobody, requests from this machine, or holders of a key with scope admin.',
  ),
  text('cors.origins', '', 'Origins that browsers may call from, separated by commas; empty: none.'),
  perModel(
    choice(
      'engine.mode',
      ['auto', 'inline', 'worker'],
      'Where models run: in worker threads, inline for very short runs, or decided by the warm-up.',
    ),
  ),
  perModel(number(['engine.instances', 'integer'], 1, [1, 256], 'Sessions of each model.')),
  perModel(number(['engine.threads', 'integer'], 0, [0, 1024], 'Threads of one session; 0 shares out the CPU limit.')),
  perModel(
    number(
      ['batching.maxRows', 'integer'],
      64,
      [1, 1_000_000],
      'Most rows of waiting requests that share a run; 1: none do. A request may carry more. Also the rows that warm-up, the estimate of memory and "mlserve predict" run at once.',
    ),
  ),
  perModel(
    number(
      ['batching.maxDelayMs', 'duration'],
      0,
      [0, 60_000],
      'Time that an idle session waits for more rows before it runs fewer than batching.maxRows; 0: none.',
    ),
  ),
  perModel(
    number(
      ['slo.p99Ms', 'duration'],
      5000,
      [1, DAY_MS],
      'Time in which 99 of 100 answers are wanted under load; the bound of the queue follows from it where limits.queueRows is 0.',
    ),
  ),
  number(['limits.bodyBytes', 'bytes'], 16 * MIB, [1024, 2 ** 31], 'Largest request body.'),
  number(['limits.jsonDepth', 'integer'], 32, [4, 1000], 'Deepest nesting of a JSON body.'),
  perModel(number(['limits.rowsPerRequest', 'integer'], 10_000, [1, 10_000_000], 'Most rows in one request.')),
  perModel(
    number(
      ['limits.queueRows', 'integer'],
      0,
      [0, 100_000_000],
      'Most rows waiting for one model; past it the answer is 503. 0: as many as are answered within slo.p99Ms, at most 20000; else at least limits.rowsPerRequest.',
    ),
  ),
  number(
    ['limits.queueBytes', 'bytes'],
    256 * MIB,
    [1024, 2 ** 40],
    'Most bytes of request bodies that are received or wait for their answer, and of answers that wait for their readers; past it the answer is 503. At least limits.bodyBytes.',
  ),
  number(
    ['limits.connections', 'integer'],
    10_000,
    [1, 1_000_000],
    'Most open connections; past it the one that has been idle longest is closed.',
  ),
  number(['limits.headersTimeoutMs', 'duration'], 10_000, [100, DAY_MS], 'Time to receive the headers of a request.'),
  number(
    ['limits.requestTimeoutMs', 'duration'],
    30_000,
    [100, DAY_MS],
    'Time to receive a request (else 408); and, counted anew from then on, time it may wait for its run (else 504). A request may ask for less.',
  ),
  perModel(
    number(
      ['limits.runTimeoutMs', 'duration'],
      60_000,
      [100, DAY_MS],
      'Time that one run of the model may take; past it the process ends, to be started again: a run cannot be stopped.',
    ),
  ),
  number(
    ['limits.loadTimeoutMs', 'duration'],
    0,
    [0, DAY_MS],
    'Time that a load and one run may take in "mlserve validate", more where the machine is too busy for them; 0 derives it from the size of the model.',
  ),
  number(
    ['limits.loadMemoryBytes', 'bytes'],
    0,
    [0, 2 ** 50],
    'Memory that a load and one run may take in "mlserve validate"; 0 derives it from the size of the model.',
  ),
  number(
    ['drain.delayMs', 'duration'],
    0,
    [0, 600_000],
    'Time between "not ready" and closing the port, so that load balancers notice.',
  ),
  number(['drain.timeoutMs', 'duration'], 25_000, [0, 3_600_000], 'Time that requests in flight have to finish.'),
  text(
    'image.base',
    'node:24-bookworm-slim',
    'Image that "mlserve build image" starts from: Node 24 on glibc; pinned where "@sha256:…" follows.',
  ),
  text('image.node', '', 'Where that image has Node; empty: found from its name.'),
  text('image.repository', '', 'Name of the image without its tag; empty: the name of the service.'),
  number(['image.maxSize', 'bytes'], 0, [0, 2 ** 50], 'Most bytes that the image may add to its base; 0: no limit.'),
  number(
    ['image.maxContext', 'bytes'],
    10 * 1024 * MIB,
    [1024, 2 ** 50],
    'Most bytes that are sent to the container engine.',
  ),
  ...['description', 'authors', 'vendor', 'licenses', 'url', 'documentation'].map((name) =>
    text(
      `image.${name}`,
      '',
      `Label org.opencontainers.image.${name}${name === 'licenses' ? ', an SPDX expression' : ''}; empty: none of our own.`,
    ),
  ),
  ...DEPLOY_SETTINGS,
];
