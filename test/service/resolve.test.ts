import { describe, expect, it } from 'vitest';
import { closestName } from '../../src/service/closest-name.ts';
import { loadService } from '../../src/service/load-service.ts';
import { environmentName, readSetting } from '../../src/service/settings.ts';
import { SETTINGS } from '../../src/service/settings-table.ts';
import type { ServiceSpec } from '../../src/service/spec.ts';

const TEXT = `apiVersion: mlserve.dev/v1
name: fraud
version: 1.4.0
models:
  - name: main
    path: ./models/../models/fraud.onnx
    features:
      input: x
      columns:
        - {name: a, type: number}
        - {name: city, type: string, input: city}
        - {name: b, type: category, values: {1: 0, no: 1}, onMissing: {impute: no}}
        - {name: c, type: category, values: [1, true, x]}
    outputs:
      - {name: label, labels: [0, 1]}
      - {name: score, from: probabilities, argmax: true}
      - {name: scores, from: probabilities, tolerance: {absolute: 0.01}}
      - {name: place, tolerance: argmax}
    examples: examples/*.json
  - {name: second, version: 2.0.0-rc.1, path: b.onnx, features: {columns: [{name: f, type: integer}]}}
server: {port: 9000}
limits: {bodyBytes: 16MiB, requestTimeoutMs: 1.5s}
`;

const load = (flags: Record<string, string | number> = {}, env: Record<string, string> = {}, text = TEXT) =>
  loadService({ text, file: 'mlserve.yaml', env, flags });

describe('the resolved spec', () => {
  it('is complete: the file and the defaults', () => {
    const { spec, issues } = load();
    expect(issues).toEqual([]);
    const [main, second] = spec.models;
    expect([main?.version, second?.version, main?.path]).toEqual(['1.4.0', '2.0.0-rc.1', 'models/fraud.onnx']);
    expect(main?.features?.columns.map(({ name, input, position }) => [name, input, position])).toEqual([
      ['a', 'x', 0],
      ['city', 'city', 0],
      ['b', 'x', 1],
      ['c', 'x', 2],
    ]);
    expect(main?.features?.columns[1]).toEqual({
      name: 'city',
      type: 'string',
      input: 'city',
      position: 0,
      maxLength: 10_000,
      onMissing: 'reject',
      onUnknown: 'reject',
    });
    expect(main?.features?.columns[2]?.values).toEqual(
      new Map([
        ['1', 0],
        ['no', 1],
      ]),
    );
    expect(main?.features?.columns[3]?.values).toEqual(['1', 'true', 'x']);
    const plain = (name: string) => ({ name, from: name, labels: undefined, argmax: false });
    expect(main?.outputs).toEqual([
      { name: 'label', from: 'label', labels: ['0', '1'], argmax: false },
      { name: 'score', from: 'probabilities', labels: undefined, argmax: true },
      { ...plain('scores'), from: 'probabilities', tolerance: { absolute: 0.01, relative: 1e-5 } },
      { ...plain('place'), tolerance: 'argmax' },
    ]);
    expect(main?.examples).toEqual(['examples/*.json']);
    expect(second?.features?.columns[0]).toMatchObject({ input: 'f', position: 0, maxLength: undefined });
    expect(spec.limits).toEqual({
      bodyBytes: 16 * 2 ** 20,
      jsonDepth: 32,
      rowsPerRequest: 10_000,
      queueRows: 0,
      queueBytes: 256 * 2 ** 20,
      connections: 10_000,
      headersTimeoutMs: 10_000,
      requestTimeoutMs: 1500,
      runTimeoutMs: 60_000,
      loadTimeoutMs: 0,
      loadMemoryBytes: 0,
    });
  });

  it('holds exactly the settings that its type names', () => {
    const { spec } = load();
    // The compiler checks this list against the type, the test checks the table against the list.
    const sections: {
      [K in keyof Omit<ServiceSpec, 'name' | 'version' | 'models'>]: Record<keyof ServiceSpec[K], true>;
    } = {
      server: {
        host: true,
        port: true,
        name: true,
        healthPath: true,
        predictPath: true,
        grpcPort: true,
        metricsPort: true,
      },
      tls: { mode: true, cert: true, key: true, clientCa: true },
      auth: { keysFile: true },
      admin: { access: true },
      cors: { origins: true },
      engine: { mode: true, instances: true, threads: true },
      batching: { maxRows: true, maxDelayMs: true },
      slo: { p99Ms: true },
      limits: {
        bodyBytes: true,
        jsonDepth: true,
        rowsPerRequest: true,
        queueRows: true,
        queueBytes: true,
        connections: true,
        headersTimeoutMs: true,
        requestTimeoutMs: true,
        runTimeoutMs: true,
        loadTimeoutMs: true,
        loadMemoryBytes: true,
      },
      drain: { delayMs: true, timeoutMs: true },
      image: {
        base: true,
        node: true,
        repository: true,
        maxSize: true,
        maxContext: true,
        description: true,
        authors: true,
        vendor: true,
        licenses: true,
        url: true,
        documentation: true,
      },
      deploy: {
        namespace: true,
        minReplicas: true,
        maxReplicas: true,
        cpuTarget: true,
        autoscaler: true,
        rollout: true,
        cpuMillicores: true,
        cpuLimit: true,
        memoryBytes: true,
        startupMs: true,
        expose: true,
        gateway: true,
        host: true,
        ingressClass: true,
        ingressTls: true,
        gatewayNamespaces: true,
        clientNamespaces: true,
        monitor: true,
        monitoringNamespace: true,
        prometheusUrl: true,
        runbookUrl: true,
        errorPercent: true,
        pullPolicy: true,
        pullSecret: true,
        keysSecret: true,
        tlsSecret: true,
        priorityClass: true,
        patches: true,
      },
    };
    for (const [name, members] of Object.entries(sections)) {
      expect(Object.keys(spec[name as 'server'])).toEqual(Object.keys(members));
    }
  });

  it('follows flag, environment, file, default, and says which', () => {
    const port = (flags: Record<string, number>, env: Record<string, string>, text?: string) => {
      const { spec, origins } = load(flags, env, text);
      return [spec.server.port, origins.get('server.port')];
    };
    const env = { MLSERVE_SERVER_PORT: '7000' };
    expect(port({ 'server.port': 0 }, env)).toEqual([0, 'flag']);
    expect(port({}, env)).toEqual([7000, 'environment']);
    expect(port({}, { MLSERVE_SERVER_PORT: '' })).toEqual([9000, 'file']);
    expect(port({}, {}, TEXT.replace('port: 9000', ''))).toEqual([8080, 'default']);
  });

  it('knows the origin of every value', () => {
    const { origins } = load();
    const of = (...paths: readonly string[]) => paths.map((path) => origins.get(path));
    expect(of('name', 'models[0].path', 'models[0].outputs[0].name', 'limits.bodyBytes')).toEqual(
      Array(4).fill('file'),
    );
    expect(of('models[0].features.columns[0].input', 'models[0].features.columns[2].values')).toEqual(['file', 'file']);
    expect(of('models[0].version', 'models[1].features.columns[0].input', 'engine.mode')).toEqual(
      Array(3).fill('default'),
    );
    expect([...origins.values()]).not.toContain(undefined);
  });

  it('has no TLS where that is turned off, whatever the file names, and says what did it', () => {
    const text = `${TEXT}tls: {cert: a.pem, key: b.pem, clientCa: c.pem}\n`;
    const { spec, origins, issues } = load({}, { MLSERVE_TLS_MODE: 'off' }, text);
    expect([spec.tls, issues]).toEqual([{ mode: 'off', cert: '', key: '', clientCa: '' }, []]);
    expect(origins.get('tls.cert')).toBe('environment');
    expect(load({}, {}, text).spec.tls).toEqual({ mode: 'on', cert: 'a.pem', key: 'b.pem', clientCa: 'c.pem' });
  });

  it('refuses settings from outside that do not fit, and warns of variables that set nothing', () => {
    const { issues } = load(
      { 'engine.mode': 'gpu' },
      { MLSERVE_SERVER_PORT: '80a', MLSERVE_SERVR_HOST: 'x', HOME: '/' },
    );
    expect(issues.map(({ rule, severity, where }) => [rule, severity, where])).toEqual([
      ['config.invalid-value', 'error', 'MLSERVE_SERVER_PORT'],
      ['config.invalid-value', 'error', 'flag for engine.mode'],
      ['config.unknown-variable', 'warning', 'MLSERVE_SERVR_HOST'],
    ]);
    expect(issues[2]?.hint).toBe('did you mean MLSERVE_SERVER_HOST?');
  });

  it('passes over the address that Kubernetes injects for a Service called mlserve-server', () => {
    const { spec, issues, origins } = load({}, { MLSERVE_SERVER_PORT: 'tcp://10.96.0.7:80' });
    expect([spec.server.port, origins.get('server.port')]).toEqual([9000, 'file']);
    expect(issues.map(({ rule, severity, where }) => [rule, severity, where])).toEqual([
      ['config.kubernetes-variable', 'warning', 'MLSERVE_SERVER_PORT'],
    ]);
    expect(issues[0]?.hint).toContain('enableServiceLinks: false');
    const other = load({}, { MLSERVE_SERVER_PORT: 'http://10.96.0.7:80' }).issues;
    expect(other.map(({ rule }) => rule)).toEqual(['config.invalid-value']);
  });

  it('refuses a queue that the largest request cannot enter', () => {
    const { issues } = load({}, {}, TEXT.replace('limits: {', 'limits: {queueRows: 10, '));
    expect(issues.map(({ rule, where }) => [rule, where])).toEqual([['config.queue-too-small', 'mlserve.yaml:22:21']]);
    const bytes = load({}, {}, TEXT.replace('limits: {', 'limits: {queueBytes: 8MiB, ')).issues;
    expect(bytes.map(({ rule, where }) => [rule, where])).toEqual([['config.queue-too-small', 'mlserve.yaml:22:22']]);
  });

  it('cannot be changed', () => {
    const { spec } = load();
    expect(() => {
      (spec.server as { port: number }).port = 1;
    }).toThrow(TypeError);
    expect(Object.isFrozen(spec.models[0]?.features?.columns[0])).toBe(true);
  });
});

describe('settings', () => {
  const setting = (path: string) => SETTINGS.find((one) => one.path === path) ?? SETTINGS[0]!;

  it('have variables named by one rule, all different', () => {
    expect(environmentName('limits.rowsPerRequest')).toBe('MLSERVE_LIMITS_ROWS_PER_REQUEST');
    expect(environmentName('drain.delayMs')).toBe('MLSERVE_DRAIN_DELAY_MS');
    expect(new Set(SETTINGS.map(({ path }) => environmentName(path))).size).toBe(SETTINGS.length);
  });

  it('take units for sizes and times, and nothing else', () => {
    const cases: readonly [string, unknown, number | undefined][] = [
      ['limits.bodyBytes', '64MB', 64e6],
      ['limits.bodyBytes', '1.5 MiB', 1.5 * 2 ** 20],
      ['limits.bodyBytes', '2048', 2048],
      ['limits.bodyBytes', '64m', undefined],
      ['limits.bodyBytes', '1e6', undefined],
      ['limits.bodyBytes', '-5MB', undefined],
      ['limits.bodyBytes', 5000.5, undefined],
      ['limits.requestTimeoutMs', '30s', 30_000],
      ['limits.requestTimeoutMs', '2m', 120_000],
      ['limits.requestTimeoutMs', '250ms', 250],
      ['limits.requestTimeoutMs', '30MB', undefined],
      ['limits.requestTimeoutMs', '25h', undefined],
      ['server.port', '8080', 8080],
      ['server.port', '80s', undefined],
      ['server.port', 65_536, undefined],
      ['server.port', ' 1', undefined],
      ['server.port', null, undefined],
    ];
    for (const [path, written, expected] of cases) {
      expect([path, written, readSetting(setting(path), written)]).toEqual([path, written, expected]);
    }
    expect(readSetting(setting('server.host'), 'a\r\nX: y')).toBeUndefined();
    expect(readSetting(setting('engine.mode'), 'worker')).toBe('worker');
  });

  it('have defaults that they themselves accept', () => {
    for (const one of SETTINGS) expect([one.path, readSetting(one, one.default)]).toEqual([one.path, one.default]);
  });
});

describe('the closest name', () => {
  it('counts swapped neighbours as one edit, and gives up when nothing is near', () => {
    expect(closestName('prot', ['host', 'port'])).toBe('port');
    expect(closestName('Features', ['features'])).toBe('features');
    expect(closestName('colums', ['columns', 'input'])).toBe('columns');
    expect(closestName('x', ['models', 'name'])).toBeUndefined();
    expect(closestName('deploy', ['models', 'name', 'version'])).toBeUndefined();
    expect(closestName('a'.repeat(10_000), ['a'.repeat(10_001)])).toBeUndefined();
  });
});

describe('on a platform', () => {
  const BARE = TEXT.replace('server: {port: 9000}\n', '');
  const server = (env: Record<string, string>, flags: Record<string, string | number> = {}, text = BARE) => {
    const { spec, origins, issues } = load(flags, env, text);
    const { port, host, healthPath, predictPath } = spec.server;
    const from = (name: string) => origins.get(`server.${name}`);
    return { port, host, healthPath, predictPath, issues, from: [from('port'), from('host')] };
  };

  it.each([
    ['Cloud Run and Knative', { PORT: '9999' }, 9999, 'PORT'],
    ['SageMaker', { SAGEMAKER_BIND_TO_PORT: '8081' }, 8081, 'SAGEMAKER_BIND_TO_PORT'],
    [
      'Vertex AI, before others',
      { PORT: '1', AIP_HTTP_PORT: '7080', SAGEMAKER_BIND_TO_PORT: '2' },
      7080,
      'AIP_HTTP_PORT',
    ],
  ])('takes the port of %s and listens on every network', (_, env, port, variable) => {
    const origin = `environment (${variable})`;
    expect(server(env as unknown as Record<string, string>)).toMatchObject({
      port,
      host: '0.0.0.0',
      issues: [],
      from: [origin, origin],
    });
  });

  it('takes the paths of Vertex AI', () => {
    const path = '/v1/endpoints/12/deployedModels/34';
    const found = server({ AIP_HEALTH_ROUTE: path, AIP_PREDICT_ROUTE: `${path}:predict` });
    expect(found).toMatchObject({ healthPath: path, predictPath: `${path}:predict`, host: '127.0.0.1', issues: [] });
    expect(server({})).toMatchObject({ healthPath: '', predictPath: '' });
  });

  it('is stronger than the file, and weaker than our own variables and flags', () => {
    expect(server({ PORT: '1' }, {}, TEXT)).toMatchObject({
      port: 1,
      from: ['environment (PORT)', 'environment (PORT)'],
    });
    expect(server({ PORT: '1', MLSERVE_SERVER_PORT: '2' })).toMatchObject({
      port: 2,
      from: ['environment', 'environment (PORT)'],
    });
    expect(server({ PORT: '1' }, { 'server.port': 3 })).toMatchObject({ port: 3, host: '0.0.0.0' });
  });

  it('leaves the host to whoever has set it', () => {
    const file = TEXT.replace('port: 9000', 'host: localhost');
    expect(server({ PORT: '1' }, {}, file)).toMatchObject({ host: 'localhost', from: ['environment (PORT)', 'file'] });
    expect(server({ PORT: '1', MLSERVE_SERVER_HOST: '::1' })).toMatchObject({ host: '::1' });
    expect(server({ PORT: '1' }, { 'server.host': '127.0.0.1' })).toMatchObject({ host: '127.0.0.1' });
    expect(server({ PORT: '' })).toMatchObject({ port: 8080, host: '127.0.0.1' });
  });

  it('names the variable that does not fit, and passes over what Kubernetes made', () => {
    const { issues } = server({ PORT: 'x', AIP_PREDICT_ROUTE: 'predict?x' });
    expect(issues.map(({ rule, where, message }) => [rule, where, message])).toEqual([
      ['config.invalid-value', 'PORT', 'it must be an integer from 0 to 65535, not "x"'],
      [
        'config.invalid-value',
        'AIP_PREDICT_ROUTE',
        'it must be the path of a URL, such as /predict, or empty, not "predict?x"',
      ],
    ]);
    const kubernetes = server({ AIP_HTTP_PORT: 'tcp://10.0.0.1:80' });
    expect(kubernetes).toMatchObject({
      port: 8080,
      host: '127.0.0.1',
      issues: [{ rule: 'config.kubernetes-variable' }],
    });
  });

  it.each(['/', '/a/b:c', '/a%20b'])('knows the path %s', (path) => {
    expect(server({ AIP_HEALTH_ROUTE: path })).toMatchObject({ healthPath: path, issues: [] });
  });

  it.each(['a', '/{model}', '/a b', '/a#b', '/é', `/${'a'.repeat(256)}`])('refuses the path %s', (path) => {
    expect(server({ AIP_HEALTH_ROUTE: path }).issues).toHaveLength(1);
  });
});
